import Formats
import GAN
import NeuralNetwork
import Synchronization
import TestSupport
import Testing

/// A clock that goes on by as much every time it is read, and a flag that is up from one of its readings on.
private final class Clock: Sendable {
    private let state: Mutex<(seconds: Double, readings: Int)>
    private let tick: Double
    private let last: Int

    /// - Parameters:
    ///   - tick: seconds between two readings.
    ///   - last: how often the flag is read before it is up.
    init(tick: Double = 0.001, stoppingAfter last: Int = .max) {
        state = Mutex((0, 0))
        self.tick = tick
        self.last = last
    }

    var seconds: Double { state.withLock { $0.seconds } }
    var readings: Int { state.withLock { $0.readings } }

    func allowance(_ seconds: Double? = nil) -> Allowance {
        Allowance(
            seconds: seconds,
            elapsed: {
                self.state.withLock { state in
                    state.seconds += self.tick
                    return state.seconds
                }
            },
            isStopped: {
                self.state.withLock { state in
                    state.readings += 1
                    return state.readings > self.last
                }
            })
    }
}

struct AllowanceTests {
    private static let small: [String: OptionValue] = [
        "generator_layers": .widths([8]), "discriminator_layers": .widths([8]), "latent_dim": .number(4),
    ]

    private static func records(steps: Int, rows: Int = 400) throws -> (Specification, Table) {
        let table = try EncodingTests.records(rows)
        return (try TrainerTests.specification(table, steps: steps, batchSize: 1_000, options: small), table)
    }

    private static func numbers(steps: Int) throws -> (Specification, Table) {
        var random = SeededGenerator(seed: 2)
        let columns = ["x", "y"].map { name in
            Column(name: name, values: (0..<400).map { _ in .random(in: 0..<1, using: &random) })
        }
        let table = Table(columns: columns, orientation: .rows)
        return (try TrainerTests.specification(table, steps: steps, batchSize: 1_000, options: small), table)
    }

    private struct Result {
        var snapshot: Snapshot
        var report: Report?
        var metrics: [String: Double]
        var warnings: [String]
        var step: Int
    }

    private static func train(
        _ specification: Specification, _ table: Table, from checkpoint: Checkpoint? = nil, within allowance: Allowance
    ) throws -> Result {
        let trainer = try Trainer(Material(specification, for: table), from: checkpoint, within: allowance)
        while try trainer.advance(SingleWorker()) {}
        let snapshot = trainer.snapshot()
        let evaluation = trainer.evaluation(of: snapshot)
        let report = evaluation.report()
        let metrics = evaluation.metrics(report: report)
        return Result(
            snapshot: snapshot, report: report, metrics: metrics, warnings: evaluation.warnings(), step: trainer.step)
    }

    /// Every phase has its share, and all of them together have no more than there is, but for what each has in any case.
    @Test(arguments: [true, false], [3.0, 12])
    func aTrainingEndsWithItsTime(_ hasTexts: Bool, _ seconds: Double) throws {
        let (specification, table) = try hasTexts ? Self.records(steps: 1_000_000) : Self.numbers(steps: 1_000_000)
        let clock = Clock(tick: 0.002)
        let result = try Self.train(specification, table, within: clock.allowance(seconds))
        #expect(clock.seconds < seconds + 4)
        #expect(result.step > 0 && result.step < 1_000_000)
        #expect(!result.snapshot.scorer.isEmpty && !result.snapshot.realLogits.isEmpty)
        #expect(result.metrics["heldout_distance"] != nil && result.metrics["calibration_error"] != nil)
        #expect(result.warnings.contains { $0.hasPrefix("time: ") && $0.contains("the scorer learned for") })
    }

    /// Where there is enough, a bound changes nothing.
    @Test(arguments: [true, false]) func enoughTimeIsAsGoodAsNoBound(_ hasTexts: Bool) throws {
        let (specification, table) = try hasTexts ? Self.records(steps: 40) : Self.numbers(steps: 40)
        let whole = try Self.train(specification, table, within: .unlimited)
        let bounded = try Self.train(specification, table, within: Clock(tick: 1e-6).allowance(1e6))
        #expect(bounded.snapshot.tensors.map(\.values) == whole.snapshot.tensors.map(\.values))
        #expect(bounded.snapshot.manifest == whole.snapshot.manifest)
        #expect(bounded.report == whole.report && bounded.report != nil)
        #expect(bounded.metrics == whole.metrics && bounded.warnings == whole.warnings)
    }

    /// At any place: what is kept goes on to the same end as if it had never been stopped.
    @Test(arguments: [true, false]) func aTrainingIsStoppedAnywhereAndGoesOn(_ hasTexts: Bool) throws {
        let (specification, table) = try hasTexts ? Self.records(steps: 24) : Self.numbers(steps: 24)
        let counting = Clock()
        let whole = try Trainer(Material(specification, for: table), within: counting.allowance())
        while try whole.advance(SingleWorker()) {}
        let trained = counting.readings
        let finished = whole.snapshot()
        #expect(whole.evaluation(of: finished).report() != nil)
        let all = counting.readings
        var phases: Set<Checkpoint.Phase> = []
        let places = [20, 32, 40, 48, 56, 64, 200]
        for last in places + [trained + 1, (trained + all) / 2, all - 1] {
            let clock = Clock(stoppingAfter: last)
            let trainer = try Trainer(Material(specification, for: table), within: clock.allowance())
            while clock.readings <= last, try trainer.advance(SingleWorker()) {}
            phases.insert(trainer.phase)
            if trainer.phase == .finished {
                // Stopped in the midst of the evaluation, there is a snapshot all the same, and no report.
                let snapshot = trainer.snapshot()
                #expect(snapshot.generator == finished.generator)
                #expect(trainer.evaluation(of: snapshot).report() == nil)
            }
            let again = try Trainer(Material(specification, for: table), from: trainer.state)
            while try again.advance(SingleWorker()) {}
            #expect(again.state == whole.state, "\(last) of \(all)")
        }
        #expect(phases == [.adversarial, .scoring, .finished])
    }

    @Test func aTrainingIsStoppedWhileItIsPrepared() throws {
        let (specification, table) = try Self.records(steps: 10)
        for last in 0..<5 {
            let allowance = Clock(stoppingAfter: last).allowance()
            let error = #expect(throws: SpecificationError.self) {
                try Trainer(Material(specification, for: table, within: allowance), within: allowance)
            }
            #expect(error?.reason == .stopped)
        }
    }

    /// A step of four seconds and more is not waited for; what it has changed is put back.
    @Test(arguments: [1, 20, 33, 40]) func aLongStepIsLeftUndone(_ last: Int) throws {
        let (_, table) = try Self.numbers(steps: 1)
        let widths = OptionValue.widths([512, 512])
        let specification = try TrainerTests.specification(
            table, steps: 5, batchSize: 4096, options: ["generator_layers": widths, "discriminator_layers": widths])
        let preparing = Clock()
        let beginning = try Trainer(Material(specification, for: table), within: preparing.allowance()).state
        let clock = Clock(stoppingAfter: preparing.readings + last)
        let trainer = try Trainer(Material(specification, for: table), within: clock.allowance())
        #expect(try trainer.advance(SingleWorker()))
        #expect(trainer.step == 0 && trainer.state == beginning)
    }

    @Test func samplesMadeInPiecesAreTheSame() throws {
        let columns = (0..<300).map { index in
            Column(name: "x\(index)", values: (0..<60).map { Double(($0 * (index + 3)) % 17) })
        }
        let table = Table(columns: columns, orientation: .rows)
        let specification = try TrainerTests.specification(table, steps: 0, options: Self.small)
        let snapshot = try Trainer(Material(specification, for: table)).snapshot()
        let pieces = try snapshot.sample(rows: 0..<15_000, seed: 3, within: .unlimited)
        #expect(pieces == snapshot.sample(rows: 0..<15_000, seed: 3))
    }
}
