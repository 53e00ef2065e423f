import Formats
import NeuralNetwork

/// Makes the model of a training as it stands, and at its end.
struct SnapshotBuilder {
    let setup: TrainingSetup
    let state: Checkpoint
    /// Rows that the scorer learned to tell from real ones; `nil` where there are none.
    private let negatives: Negatives?
    let time: Timekeeper

    /// Training rows whose logits tell percentiles, at the most.
    private static let rankedRows = 50_000
    private static let calibrationRows = 1_000
    /// Of the held-out rows, for a snapshot while the training goes on: one is made every second.
    private static let passingRows = 4_096
    /// With less time than this, logits of more rows than those are not waited for.
    private static let unhurriedSeconds = 10.0

    init(_ setup: TrainingSetup, _ state: Checkpoint, _ negatives: Negatives?, _ time: Timekeeper) {
        (self.setup, self.state, self.negatives, self.time) = (setup, state, negatives, time)
    }

    private var isCalibrated: Bool { setup.family.isCalibrated && state.counters.step > 0 }

    /// The model as it is now; before its end, and where it is to stop, without what takes long to find out.
    func snapshot() -> Snapshot {
        guard state.counters.phase == .finished else { return passingSnapshot() }
        return (try? finishedSnapshot()) ?? passingSnapshot()
    }

    private func model(
        isScored: Bool = false, _ calibration: Calibration = .identity, _ rejection: Rejection? = nil,
        _ realLogits: [Float] = [], _ joint: (odds: JointOdds, weights: [Float])? = nil
    ) -> Snapshot {
        Snapshot(
            manifest: Snapshot.Manifest(
                specification: setup.specification, encoder: setup.encoder,
                step: state.counters.phase == .adversarial ? state.counters.step : state.counters.bestStep,
                calibration: calibration,
                rejection: rejection, joint: joint?.odds, box: isScored ? negatives?.box : nil),
            generator: state.average, discriminator: state.discriminator.weights,
            scorer: isScored ? state.scorer.weights : [], realLogits: realLogits,
            jointWeights: joint?.weights ?? [])
    }

    private func passingSnapshot() -> Snapshot {
        let plain = model()
        guard let networks = setup.networks else { return plain }
        let places = evenSteps(min(Self.passingRows, setup.heldOut.count), through: setup.heldOut.count)
        let real = setup.heldOut.blocks(at: places).flatMap(plain.logits).sorted()
        guard isCalibrated else { return model(.identity, nil, real) }
        let fake = fakeLogits(plain, networks)
        let calibration = Calibration(real: real, fake: fake)
        return model(calibration, Rejection(odds: calibration, generated: fake), real)
    }

    private func finishedSnapshot() throws(Allowance.Interruption) -> Snapshot {
        let isScored = !state.scorer.weights.isEmpty && negatives != nil
        let plain = model(isScored: isScored)
        guard let networks = setup.networks else { return plain }
        let allowance = time.publication
        let isHurried = allowance.left < Self.unhurriedSeconds
        let most = isHurried ? Self.passingRows : .max
        if isHurried, setup.table.rowCount > 2 * most { time.note("percentiles are told by \(2 * most) rows") }

        let places = evenSteps(min(most, setup.heldOut.count), through: setup.heldOut.count)
        let real = try logits(of: isScored ? setup.scoringHeldOut : setup.heldOut, at: places, by: plain.logits)
            .sorted()
        guard isCalibrated else { return model(.identity, nil, real) }
        let fake = fakeLogits(plain, networks)
        let calibration = Calibration(real: real, fake: fake)
        guard isScored else { return model(calibration, Rejection(odds: calibration, generated: fake), real) }
        let generated = servedLogits(networks, by: plain.discriminatorLogits)
        let odds = Calibration(
            real: try logits(of: setup.heldOut, at: places, by: plain.discriminatorLogits).sorted(), fake: generated)
        let learned = try trainingLogits(plain, at: learnedPlaces(atMost: most))
        let new = try trainingLogits(plain, at: setup.setAside.prefix(most))
        return model(
            isScored: true, calibration, Rejection(odds: odds, generated: generated),
            RealLogits.merge(learned: learned, heldOut: (real + new).sorted()),
            try timelyJointOdds(networks, within: allowance))
    }

    private func timelyJointOdds(
        _ networks: Networks, within allowance: Allowance
    ) throws(Allowance.Interruption) -> (odds: JointOdds, weights: [Float])? {
        do {
            return try JointOddsSearch(setup, networks, state.average)?.odds(within: allowance)
        } catch .outOfTime {
            time.note("how often values come together was not compared with the data, for searches to weigh")
            return nil
        }
    }

    /// Logits of rows, block by block.
    private func logits(
        of rows: CompactRows, at places: [Int], by judge: ([Float]) -> [Float]
    ) throws(Allowance.Interruption) -> [Float] {
        var logits: [Float] = []
        for block in rows.blocks(at: places) {
            try time.allowance.untilStopped.check()
            logits += judge(block)
        }
        return logits
    }

    /// The snapshot's logits of rows that it is to tell from real ones: such as the scorer learned from, or before there is
    /// one generated ones.
    func fakeLogits(_ snapshot: Snapshot, _ networks: Networks) -> [Float] {
        guard !snapshot.scorer.isEmpty, let negatives else { return servedLogits(networks, by: snapshot.logits) }
        return fakes(networks, negatives).flatMap(snapshot.logits)
    }

    /// Places of training rows that the scorer learned from, enough to tell percentiles by; of none where all rows are held
    /// out as well.
    private func learnedPlaces(atMost most: Int) -> [Int] {
        guard setup.split.holdsOut else { return [] }
        let new = Set(setup.setAside)
        return evenSteps(min(Self.rankedRows, most, setup.split.trainingCount), through: setup.split.trainingCount)
            .filter { !new.contains($0) }
    }

    /// The snapshot's logits of training rows, which it is to see as it would see new ones.
    private func trainingLogits(
        _ snapshot: Snapshot, at places: some RandomAccessCollection<Int>
    ) throws(Allowance.Interruption) -> [Float] {
        var (logits, rest) = ([Float](), places[...])
        while !rest.isEmpty {
            try time.allowance.untilStopped.check()
            let part = rest.prefix(setup.encoder.emptyRows.rowsOfBlocks)
            let rows = try? setup.encoder.compactRows(
                setup.split.training(at: part), of: setup.table, forScoring: true, within: time.allowance)
            logits += rows.map(snapshot.logits) ?? []
            rest = rest.dropFirst(part.count)
        }
        return logits
    }

    /// Rows for the calibration to tell from real ones: such as the scorer learned from.
    private func fakes(_ networks: Networks, _ negatives: Negatives) -> some Sequence<[Float]> {
        let half = Self.calibrationRows / 2
        let count = setup.encoder.pieceRows(atMost: half)
        let workspace = Workspace(for: networks.generator, rows: count, backward: false)
        // Rows that no step has used, half of them from the served generator and half from an earlier one.
        let rows = setup.specification.scorerSteps * setup.specification.batchSize
        let first = 2 * half * (rows / (2 * half) + 1)
        return stride(from: first, to: first + 2 * half, by: half).lazy.flatMap { start in
            stride(from: start, to: start + half, by: count).lazy.map { row in
                let part = min(count, start + half - row)
                let matrix = Matrix(rows: part, columns: networks.scorer.inputs)
                negatives.fill(
                    part, row: row, by: negatives.generator(ofBatch: start / half), matrix: matrix, at: 0,
                    workspace: workspace)
                return matrix.values
            }
        }
    }

    /// Logits of rows of the served generator.
    private func servedLogits(_ networks: Networks, by judge: ([Float]) -> [Float]) -> [Float] {
        let source = served(networks)
        let count = setup.encoder.pieceRows(atMost: Self.calibrationRows)
        let pieces = stride(from: 0, to: Self.calibrationRows, by: count).lazy.map { row in
            source.rows(min(count, Self.calibrationRows - row), from: row)
        }
        return pieces.flatMap(judge)
    }

    /// Rows of the served generator, as a snapshot's are: other ones than those that chose it.
    func served(_ networks: Networks) -> GeneratedRows {
        setup.served(networks, state.average, .calibration)
    }
}
