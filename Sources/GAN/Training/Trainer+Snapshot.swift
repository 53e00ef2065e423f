import Formats
import NeuralNetwork

extension Trainer {
    private static let (reportedColumns, reportedRows) = (128, 50_000)
    private static let calibrationRows = 1_000
    /// Of the held-out rows, for a snapshot while the training goes on: one is made every second.
    private static let passingRows = 4_096
    /// As many real rows tell a distance to within three thousandths.
    private static let comparedRows = 200_000

    /// The model as it is now.
    package func snapshot() -> Snapshot {
        let isScored = phase == .finished && !state.scorer.weights.isEmpty
        func snapshot(
            _ calibration: Calibration, _ rejection: Rejection?, _ realLogits: [Float],
            _ joint: (odds: JointOdds, weights: [Float])? = nil
        ) -> Snapshot {
            Snapshot(
                manifest: Snapshot.Manifest(
                    specification: specification, encoder: encoder,
                    step: phase == .adversarial ? step : state.counters.bestStep, calibration: calibration,
                    rejection: rejection, joint: joint?.odds, box: isScored ? negatives?.box : nil),
                generator: state.average, discriminator: state.discriminator.weights,
                scorer: isScored ? state.scorer.weights : [], realLogits: realLogits,
                jointWeights: joint?.weights ?? [])
        }
        let plain = snapshot(.identity, nil, [])
        guard let networks else { return plain }
        let places = evenSteps(min(Self.passingRows, heldOut.count), through: heldOut.count)
        let logits =
            phase == .finished
            ? plain.logits(isScored ? scoringHeldOut : heldOut) : plain.logits(heldOut.rows(places))
        let real = logits.sorted()
        guard specification.resolvedFamily.isCalibrated, step > 0 else {
            return snapshot(.identity, nil, real)
        }
        let fake = fakeLogits(plain, networks)
        let calibration = Calibration(real: real, fake: fake)
        guard isScored else { return snapshot(calibration, Rejection(odds: calibration, generated: fake), real) }
        let generated = plain.discriminatorLogits(served(networks).rows(Self.calibrationRows))
        let odds = Calibration(real: plain.discriminatorLogits(heldOut).sorted(), fake: generated)
        return snapshot(
            calibration, Rejection(odds: odds, generated: generated),
            RealLogits.merge(
                learned: trainingLogits(plain, at: learnedPlaces),
                heldOut: (real + trainingLogits(plain, at: setAside)).sorted()), jointOdds(networks))
    }

    /// The snapshot's logits of rows that it is to tell from real ones: such as the scorer learned from, or before there is
    /// one generated ones.
    private func fakeLogits(_ snapshot: Snapshot, _ networks: Networks) -> [Float] {
        guard !snapshot.scorer.isEmpty, let negatives else {
            return snapshot.logits(served(networks).rows(Self.calibrationRows))
        }
        return snapshot.logits(fakes(networks, negatives))
    }

    /// Places of training rows that the scorer learned from, enough to tell percentiles by; of none where all rows are held
    /// out as well.
    private var learnedPlaces: [Int] {
        guard split.holdsOut else { return [] }
        let new = Set(setAside)
        return evenSteps(min(Self.reportedRows, split.trainingCount), through: split.trainingCount)
            .filter { !new.contains($0) }
    }

    /// The snapshot's logits of training rows, which it is to see as it would see new ones.
    private func trainingLogits(_ snapshot: Snapshot, at places: [Int]) -> [Float] {
        let rows = try? encoder.compactRows(split.training(at: places), of: table, forScoring: true)
        return rows.map(snapshot.logits) ?? []
    }

    /// Rows for the calibration to tell from real ones: such as the scorer learned from.
    private func fakes(_ networks: Networks, _ negatives: Negatives) -> [Float] {
        let count = Self.calibrationRows
        let workspace = Workspace(for: networks.generator, rows: count, backward: false)
        let matrix = Matrix(rows: count, columns: networks.scorer.inputs)
        // Rows that no step has used, half of them from the served generator and half from an earlier one.
        let first = (scorerSteps * specification.batchSize / count + 1) * count
        for half in 0..<2 {
            negatives.fill(
                count / 2, row: first + half * count / 2, matrix: matrix, at: half * count / 2, workspace: workspace)
        }
        return matrix.values
    }

    /// Rows of the served generator, as a snapshot's are: other ones than those that chose it.
    private func served(_ networks: Networks) -> GeneratedRows {
        GeneratedRows(networks: networks, weights: state.average, latent: random(.calibration), choices: .hard)
    }

    /// How good the snapshot's samples are; `nil` for so few rows that none are held out, and for more columns than anybody
    /// would look at.
    package func report(of snapshot: Snapshot) -> Report? {
        guard networks != nil, table.columns.count <= Self.reportedColumns, split.holdsOut,
            let schema = try? Schema(table, types: specification.types)
        else { return nil }
        // As many as there are real ones: fewer may lack the rarest, which bins are cut by.
        let count = min(Self.reportedRows, split.trainingCount)
        let training = split.training(at: evenSteps(count, through: split.trainingCount))
        return Report(
            training: table.rows(training.map(Int.init)), heldOut: table.rows(split.heldOut.map(Int.init)),
            synthetic: snapshot.sample(rows: 0..<count, seed: specification.seed), schema: schema,
            seed: specification.seed)
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
        } else {
            let sample = snapshot.sample(rows: 0..<10_000, seed: specification.seed)
            let rows = evenSteps(min(Self.comparedRows, table.rowCount), through: table.rowCount)
            let distances = zip(sample.columns, table.columns).map { sampled, real in
                TwoSample.kolmogorovSmirnov(sampled.values, rows.map { real.values[$0] })
            }
            metrics["ks_max"] = distances.max() ?? 0
            metrics["ks_mean"] = distances.reduce(0, +) / Double(distances.count)
        }
        guard let networks else { return metrics }
        metrics["discriminator_loss"] = Double(discriminatorLoss)
        metrics["generator_loss"] = Double(generatorLoss)
        if let gamma = foundGamma { (metrics["r1_gamma"], metrics["r2_gamma"]) = (Double(gamma.r1), Double(gamma.r2)) }
        guard let judge else { return metrics }
        let generated = served(networks).rows(judge.count)
        for (name, quality) in [
            ("", judge.judge(generated)), ("_floor", judge.floor), ("_baseline", judge.baseline),
        ] {
            metrics["heldout_distance\(name)"] = quality.distance
            metrics["heldout_coverage\(name)"] = quality.coverage
            metrics["heldout_density\(name)"] = quality.density
        }
        if specification.resolvedFamily.isCalibrated, step > 0 {
            metrics["calibration_error"] = snapshot.manifest.calibration.error(
                real: snapshot.realLogits, fake: fakeLogits(snapshot, networks))
        }
        metrics["memorization"] = judge.memorization(generated)
        metrics["memorization_floor"] = 0.5
        return metrics
    }

    /// What the user should know of how the training went, in plain words; empty where all is well.
    package func warnings() -> [String] {
        guard let networks, step > 0 else { return [] }
        var warnings: [String] = []
        func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
        if state.counters.skipped > 0 {
            warnings.append(
                "divergence: \(state.counters.skipped) steps came to numbers that are not finite and were left out; "
                    + "a lower learning_rate would avoid that")
        }
        guard let judge else { return warnings }
        let generated = served(networks).rows(judge.count)
        let (quality, floor) = (judge.judge(generated), judge.floor)
        if quality.coverage < 0.5 * floor.coverage {
            warnings.append(
                "collapse: the samples cover \(percent(quality.coverage)) of the held-out rows, and real rows "
                    + "\(percent(floor.coverage)): part of the data has been left out")
        }
        let memorization = judge.memorization(generated)
        // Three deviations of a coin thrown once a row, and a tenth.
        if memorization > 0.6 + 1.5 / Double(judge.count).squareRoot() {
            warnings.append(
                "memorization: \(percent(memorization)) of the samples are nearer to a row that was learned from than "
                    + "to a held-out one, where 50 % are to be expected: rows may have been learned by heart")
        }
        return warnings
    }
}
