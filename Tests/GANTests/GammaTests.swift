import Formats
import GAN
import NeuralNetwork
import Testing

/// The search for γ.
struct GammaTests {
    private static let table = Distribution.demonstration.table(count: 500, seed: 1)

    private static func specification(_ options: [String: OptionValue] = [:]) throws -> Specification {
        let small: [String: OptionValue] = [
            "generator_layers": .widths([8]), "discriminator_layers": .widths([8]), "gamma": .text("auto"),
        ]
        return try TrainerTests.specification(
            table, steps: 400, batchSize: 16, options: small.merging(options) { $1 })
    }

    /// Three trials of twenty steps each, and then the training.
    @Test func threeAreTriedAndOneIsTaken() throws {
        let trainer = try Trainer(Material(Self.specification(), for: Self.table))
        for done in 0..<60 {
            #expect(trainer.phase == .trial && trainer.step == 0 && trainer.foundGamma == nil, "\(done)")
            _ = try trainer.advance(SingleWorker())
        }
        #expect(trainer.phase == .adversarial && trainer.step == 0)
        let gamma = try #require(trainer.foundGamma)
        #expect([0.004, 0.02, 0.1].contains { abs($0 - gamma.r1) < 1e-6 } && gamma.r1 == gamma.r2)
        while try trainer.advance(SingleWorker()) {}
        #expect(trainer.phase == .finished && trainer.step > 0)
        let metrics = trainer.evaluation(of: trainer.snapshot()).metrics(report: nil)
        #expect(metrics["r1_gamma"] == Double(gamma.r1) && metrics["r2_gamma"] == Double(gamma.r2))
    }

    /// What is taken is trained with as if it had been given.
    @Test func theTrainingIsThatOfTheGammaThatWasFound() throws {
        let trainer = try Trainer(Material(Self.specification(), for: Self.table))
        while try trainer.advance(SingleWorker()) {}
        let found = try #require(trainer.foundGamma).r1
        let given: [String: OptionValue] = [
            "gamma": .text("given"), "r1_gamma": .number(Double(found)), "r2_gamma": .number(Double(found)),
        ]
        let other = try TrainerTests.train(Self.specification(given), Self.table)
        for (weight, expected) in zip(trainer.snapshot().generator, other.generator) {
            #expect(abs(weight - expected) < 0.02)
        }
    }

    @Test(arguments: [1, 20, 33, 59, 60, 61, 470]) func aResumedSearchEqualsTheUninterruptedOne(_ stop: Int) throws {
        let specification = try Self.specification()
        let whole = try TrainerTests.train(specification, Self.table)
        let first = try Trainer(Material(specification, for: Self.table))
        for _ in 0..<stop { _ = try first.advance(SingleWorker()) }
        let tensors = Dictionary(uniqueKeysWithValues: first.state.tensors.map { ($0.name, $0.values) })
        let checkpoint = try #require(Checkpoint(counters: first.state.counters, tensors: tensors))
        #expect(checkpoint == first.state)
        let second = try Trainer(Material(specification, for: Self.table), from: checkpoint)
        while try second.advance(SingleWorker()) {}
        #expect(second.snapshot().tensors.map(\.values) == whole.tensors.map(\.values))
    }

    @Test func aSearchThatIsStoppedLeavesAModel() throws {
        let trainer = try Trainer(Material(Self.specification(), for: Self.table))
        for _ in 0..<30 { _ = try trainer.advance(SingleWorker()) }
        trainer.stopEarly()
        while try trainer.advance(SingleWorker()) {}
        #expect(trainer.phase == .finished && trainer.snapshot().manifest.step == 10)
    }

    @Test func thereIsNothingToLookForWithoutPenaltiesOrRows() throws {
        let none = try Self.specification(["r1_gamma": .number(0), "r2_gamma": .number(0)])
        #expect(try Trainer(Material(none, for: Self.table)).phase == .adversarial)
        let few = Self.table.rows(Array(0..<10))
        let request = try TrainerTests.specification(few, steps: 400, options: ["gamma": .text("auto")])
        #expect(try Trainer(Material(request, for: few)).phase == .adversarial)
    }
}
