import Formats
import NeuralNetwork

/// How good a training has become, in figures and in words.
extension Trainer {
    static let reportedColumns = 128
    /// As many real rows tell a distance to within three thousandths, and where there is no time, to within three hundredths.
    private static let (comparedRows, leastComparedRows) = (200_000, 2_000)
    /// Rows of the first of the reports that are made where time is limited, and the seconds that it has in any case.
    private static let (leastReportedRows, leastReportSeconds) = (1_000, 2.5)

    /// How good the snapshot's samples are; `nil` for so few rows that none are held out, for more columns than anybody
    /// would look at, and where there was no time.
    package func report(of snapshot: Snapshot) -> Report? {
        guard networks != nil, table.columns.count <= Self.reportedColumns, split.holdsOut,
            let schema = try? material.schema ?? Schema(table, types: specification.types, within: allowance)
        else { return nil }
        // As many as there are real ones: fewer may lack the rarest, which bins are cut by.
        let most = min(Self.reportedRows, split.trainingCount)
        guard let shares else { return try? report(of: snapshot, rows: most, schema, within: allowance) }

        // What a report takes is known when one is made: time goes with the rows, and less than that beyond some.
        var rows = min(Self.leastReportedRows, most)
        var time = allowance.part(leaving: 0, atLeast: Self.leastReportSeconds)
        var report: Report?
        while true {
            let began = allowance.elapsed
            guard let larger = try? self.report(of: snapshot, rows: rows, schema, within: time) else { break }
            report = larger
            if rows == most { return report }
            time = allowance.part(leaving: shares.least(0.05), atLeast: 0)
            let affordable = Double(rows) * time.left / max(1e-9, allowance.elapsed - began)
            guard affordable > 3 * Double(rows) else { break }
            rows = Int(min(Double(most), affordable / 2))
        }
        shortened.append(report.map { "the report compares \($0.trainingRows) rows" } ?? "there is no report")
        return report
    }

    private func report(
        of snapshot: Snapshot, rows count: Int, _ schema: Schema, within time: Allowance
    ) throws(Allowance.Interruption) -> Report {
        let training = split.training(at: evenSteps(count, through: split.trainingCount))
        let heldOut = evenSteps(min(count, split.heldOut.count), through: split.heldOut.count)
        return try Report(
            training: table.rows(training.map(Int.init)),
            heldOut: table.rows(heldOut.map { Int(split.heldOut[$0]) }),
            synthetic: snapshot.sample(rows: 0..<count, seed: specification.seed, within: time), schema: schema,
            seed: specification.seed, within: time)
    }

    /// How well the snapshot's samples agree with the data, by name: figures of held-out rows beside what real rows
    /// (`_floor`) and noise (`_baseline`) come to.
    package func metrics(of snapshot: Snapshot, report: Report?) -> [String: Double] {
        var metrics: [String: Double] = [:]
        metrics["detection"] = report?.detection.value
        if specification.resolvedFamily.makesRecords {
            metrics["shapes"] = report?.shapesScore.value
            metrics["trends"] = report?.trendsScore.value
            metrics["quality"] = report?.quality.value
        } else if let distances = try? distances(of: snapshot) {
            metrics["ks_max"] = distances.max() ?? 0
            metrics["ks_mean"] = distances.reduce(0, +) / Double(distances.count)
        }
        guard let networks else { return metrics }
        metrics["discriminator_loss"] = Double(discriminatorLoss)
        metrics["generator_loss"] = Double(generatorLoss)
        if let gamma = foundGamma { (metrics["r1_gamma"], metrics["r2_gamma"]) = (Double(gamma.r1), Double(gamma.r2)) }
        guard let judge, let judgement = judgement(judge, networks) else { return metrics }
        for (name, quality) in [("", judgement.quality), ("_floor", floor), ("_baseline", judgement.baseline)] {
            metrics["heldout_distance\(name)"] = quality?.distance
            metrics["heldout_coverage\(name)"] = quality?.coverage
            metrics["heldout_density\(name)"] = quality?.density
        }
        if specification.resolvedFamily.isCalibrated, step > 0 {
            metrics["calibration_error"] = snapshot.manifest.calibration.error(
                real: snapshot.realLogits, fake: fakeLogits(snapshot, networks))
        }
        metrics["memorization"] = judgement.memorization
        metrics["memorization_floor"] = 0.5
        return metrics
    }

    /// Generated rows to compare with the data: fewer where they are very wide.
    static func sampledRows(columns: Int) -> Int { min(10_000, max(leastComparedRows, (1 << 24) / columns)) }

    /// The Kolmogorov-Smirnov distance of each column's samples.
    private func distances(of snapshot: Snapshot) throws(Allowance.Interruption) -> [Double] {
        let time = evaluationTime
        let sample = try snapshot.sample(
            rows: 0..<Self.sampledRows(columns: table.columns.count), seed: specification.seed,
            within: allowance.untilStopped)
        var distances: [Double] = []
        var rows = evenSteps(min(Self.comparedRows, table.rowCount), through: table.rowCount)
        for (sampled, real) in zip(sample.columns, table.columns) {
            try allowance.untilStopped.check()
            if rows.count > Self.leastComparedRows, time.isOver {
                rows = evenSteps(Self.leastComparedRows, through: table.rowCount)
                shortened.append("distances of columns are measured on \(rows.count) rows")
            }
            distances.append(TwoSample.kolmogorovSmirnov(sampled.values, rows.map { real.values[$0] }))
        }
        return distances
    }

    private var evaluationTime: Allowance {
        shares.map { allowance.part(leaving: 0, atLeast: $0.least(0.1)) } ?? allowance
    }

    /// What the samples that are served come to, judged once where they change no more.
    struct Judgement {
        let quality: Quality
        let baseline: Quality
        /// The share of samples that are nearer to a row that was learned from than to a held-out one.
        let memorization: Double
    }

    /// - Returns: `nil` where the training is to stop.
    private func judgement(_ judge: Judge, _ networks: Networks) -> Judgement? {
        if phase == .finished, let known = finalJudgement { return known }
        let generated = served(networks).rows(judge.count)
        guard !allowance.isStopped else { return nil }
        let quality = judge.judge(generated)
        guard !allowance.isStopped else { return nil }
        let baseline = judge.baseline
        guard !allowance.isStopped else { return nil }
        let judgement = Judgement(
            quality: quality, baseline: baseline, memorization: judge.memorization(generated))
        finalJudgement = phase == .finished ? judgement : nil
        return judgement
    }

    /// What the user should know of how the training went, in plain words; empty where all is well.
    package func warnings() -> [String] {
        var warnings: [String] = []
        if !shortened.isEmpty {
            warnings.append("time: for want of it, \(shortened.joined(separator: "; ")); a longer max_seconds has all")
        }
        guard let networks, step > 0 else { return warnings }
        func percent(_ share: Double) -> String { "\(Int(clamping: (100 * share).rounded())) %" }
        if state.counters.skipped > 0 {
            warnings.append(
                "divergence: \(state.counters.skipped) steps came to numbers that are not finite and were left out; "
                    + "a lower learning_rate would avoid that")
        }
        guard let judge, let floor, let judgement = judgement(judge, networks) else { return warnings }
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
