import Formats
import NeuralNetwork

/// How good the samples of a training's snapshot are, in figures and in words. The samples are judged once.
package final class Evaluation {
    private let snapshot: Snapshot
    private let builder: SnapshotBuilder
    private let setup: TrainingSetup
    private let state: Checkpoint
    private let time: Timekeeper
    private lazy var judgement = judge()

    static let reportedColumns = 128
    static let reportedRows = 50_000
    /// As many real rows tell a distance to within three thousandths, and where there is no time, to within three hundredths.
    private static let (comparedRows, leastComparedRows) = (200_000, 2_000)
    /// Rows of the first of the reports that are made where time is limited, and the seconds that it has in any case.
    private static let (leastReportedRows, leastReportSeconds) = (1_000, 2.5)

    init(of snapshot: Snapshot, _ builder: SnapshotBuilder) {
        self.snapshot = snapshot
        self.builder = builder
        (setup, state, time) = (builder.setup, builder.state, builder.time)
    }

    /// How good the snapshot's samples are; `nil` for so few rows that none are held out, for more columns than anybody
    /// would look at, and where there was no time.
    package func report() -> Report? {
        let (table, allowance) = (setup.table, time.allowance)
        guard setup.networks != nil, table.columns.count <= Self.reportedColumns, setup.split.holdsOut,
            let schema = try? setup.material.schema
                ?? Schema(table, types: setup.specification.types, within: allowance)
        else { return nil }
        // As many as there are real ones: fewer may lack the rarest, which bins are cut by.
        let most = min(Self.reportedRows, setup.split.trainingCount)
        guard let shares = time.shares else { return try? report(rows: most, schema, within: allowance) }

        // What a report takes is known when one is made: time goes with the rows, and less than that beyond some.
        var rows = min(Self.leastReportedRows, most)
        var left = allowance.part(leaving: 0, atLeast: Self.leastReportSeconds)
        var report: Report?
        while true {
            let began = allowance.elapsed
            guard let larger = try? self.report(rows: rows, schema, within: left) else { break }
            report = larger
            if rows == most { return report }
            left = allowance.part(leaving: shares.least(0.05), atLeast: 0)
            let affordable = Double(rows) * left.left / max(1e-9, allowance.elapsed - began)
            guard affordable > 3 * Double(rows) else { break }
            rows = Int(min(Double(most), affordable / 2))
        }
        time.note(report.map { "the report compares \($0.trainingRows) rows" } ?? "there is no report")
        return report
    }

    private func report(
        rows count: Int, _ schema: Schema, within time: Allowance
    ) throws(Allowance.Interruption) -> Report {
        let (split, table, seed) = (setup.split, setup.table, setup.specification.seed)
        let training = split.training(at: evenSteps(count, through: split.trainingCount))
        let heldOut = evenSteps(min(count, split.heldOut.count), through: split.heldOut.count)
        return try Report(
            training: table.rows(training.map(Int.init)),
            heldOut: table.rows(heldOut.map { Int(split.heldOut[$0]) }),
            synthetic: snapshot.sample(rows: 0..<count, seed: seed, within: time), schema: schema, seed: seed,
            within: time)
    }

    /// How well the snapshot's samples agree with the data, by name: figures of held-out rows beside what real rows
    /// (`_floor`) and noise (`_baseline`) come to.
    package func metrics(report: Report?) -> [String: Double] {
        var metrics: [String: Double] = [:]
        metrics["detection"] = report?.detection.value
        if setup.family.makesRecords {
            metrics["shapes"] = report?.shapesScore.value
            metrics["trends"] = report?.trendsScore.value
            metrics["quality"] = report?.quality.value
        } else if let distances = try? distances() {
            metrics["ks_max"] = distances.max() ?? 0
            metrics["ks_mean"] = distances.reduce(0, +) / Double(distances.count)
        }
        guard let networks = setup.networks else { return metrics }
        metrics["discriminator_loss"] = Double(state.discriminatorLoss)
        metrics["generator_loss"] = Double(state.generatorLoss)
        if let gamma = GammaSearch.found(state, setup.recipe) {
            (metrics["r1_gamma"], metrics["r2_gamma"]) = (Double(gamma.r1), Double(gamma.r2))
        }
        guard let judgement else { return metrics }
        for (name, quality) in [("", judgement.quality), ("_floor", setup.floor), ("_baseline", judgement.baseline)] {
            metrics["heldout_distance\(name)"] = quality?.distance
            metrics["heldout_coverage\(name)"] = quality?.coverage
            metrics["heldout_density\(name)"] = quality?.density
        }
        if setup.family.isCalibrated, state.counters.step > 0 {
            metrics["calibration_error"] = snapshot.manifest.calibration.error(
                real: snapshot.realLogits, fake: builder.fakeLogits(snapshot, networks))
        }
        metrics["memorization"] = judgement.memorization
        metrics["memorization_floor"] = 0.5
        return metrics
    }

    /// Generated rows to compare with the data: fewer where they are very wide.
    static func sampledRows(columns: Int) -> Int { min(10_000, max(leastComparedRows, (1 << 24) / columns)) }

    /// The Kolmogorov-Smirnov distance of each column's samples.
    private func distances() throws(Allowance.Interruption) -> [Double] {
        let (table, limit) = (setup.table, time.evaluation)
        let sample = try snapshot.sample(
            rows: 0..<Self.sampledRows(columns: table.columns.count), seed: setup.specification.seed,
            within: time.allowance.untilStopped)
        var distances: [Double] = []
        var rows = evenSteps(min(Self.comparedRows, table.rowCount), through: table.rowCount)
        for (sampled, real) in zip(sample.columns, table.columns) {
            try time.allowance.untilStopped.check()
            if rows.count > Self.leastComparedRows, limit.isOver {
                rows = evenSteps(Self.leastComparedRows, through: table.rowCount)
                time.note("distances of columns are measured on \(rows.count) rows")
            }
            distances.append(TwoSample.kolmogorovSmirnov(sampled.values, rows.map { real.values[$0] }))
        }
        return distances
    }

    private struct Judgement {
        let quality: Quality
        let baseline: Quality
        /// The share of samples that are nearer to a row that was learned from than to a held-out one.
        let memorization: Double
    }

    /// - Returns: `nil` where there are too few rows to tell, or the training is to stop.
    private func judge() -> Judgement? {
        guard let judge = setup.judge, let networks = setup.networks else { return nil }
        let generated = setup.served(networks, state.average, .calibration).rows(judge.count)
        guard !time.allowance.isStopped else { return nil }
        let quality = judge.judge(generated)
        guard !time.allowance.isStopped else { return nil }
        let baseline = judge.baseline
        guard !time.allowance.isStopped else { return nil }
        return Judgement(quality: quality, baseline: baseline, memorization: judge.memorization(generated))
    }

    /// What the user should know of how the training went, in plain words; empty where all is well.
    package func warnings() -> [String] {
        var warnings: [String] = []
        if !time.shortened.isEmpty {
            warnings.append(
                "time: for want of it, \(time.shortened.joined(separator: "; ")); a longer max_seconds has all")
        }
        guard setup.networks != nil, state.counters.step > 0 else { return warnings }
        func percent(_ share: Double) -> String { "\(Int(clamping: (100 * share).rounded())) %" }
        if state.counters.skipped > 0 {
            warnings.append(
                "divergence: \(state.counters.skipped) steps came to numbers that are not finite and were left out; "
                    + "a lower learning_rate would avoid that")
        }
        guard let judge = setup.judge, let floor = setup.floor, let judgement else { return warnings }
        let quality = judgement.quality
        if quality.coverage < 0.5 * floor.coverage {
            warnings.append(
                "collapse: the samples cover \(percent(quality.coverage)) of the held-out rows, and real rows "
                    + "\(percent(floor.coverage)): part of the data has been left out")
        }
        let memorization = judgement.memorization
        // Three deviations of a coin thrown once a row, and a tenth.
        if memorization > 0.6 + 1.5 / Double(judge.count).squareRoot() {
            warnings.append(
                "memorization: \(percent(memorization)) of the samples are nearer to a row that was learned from than "
                    + "to a held-out one, where 50 % are to be expected: rows may have been learned by heart")
        }
        return warnings
    }
}
