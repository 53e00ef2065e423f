import Formats
import GAN
import NeuralNetwork
import Testing

/// The layers and the ways of judging that the dense family can be asked for.
struct DenseOptionsTests {
    private static let table = Distribution.demonstration.table(count: 1000, seed: 1)
    private static let small: [String: OptionValue] = [
        "generator_layers": .widths([12, 12]), "discriminator_layers": .widths([12, 12]),
    ]
    private static let all: [String: OptionValue] = [
        "residual": .text("on"), "normalization": .text("layer"), "dropout": .number(0.2),
        "minibatch_deviation": .text("on"), "packing": .number(2),
    ]

    private static func specification(
        _ options: [String: OptionValue], steps: Int, batchSize: Int? = nil
    ) throws -> Specification {
        try TrainerTests.specification(
            table, steps: steps, batchSize: batchSize, options: small.merging(options) { $1 })
    }

    @Test(arguments: all.map { [$0.key: $0.value] }.sorted { $0.description < $1.description } + [all, [:]])
    func everyOptionLearns(_ options: [String: OptionValue]) throws {
        let wide: [String: OptionValue] = [
            "generator_layers": .widths([32, 32]), "discriminator_layers": .widths([32, 32]),
        ]
        let snapshot = try TrainerTests.train(
            Self.specification(options.merging(wide) { $1 }, steps: 3000), Self.table)
        let sample = snapshot.sample(rows: 0..<10_000, seed: 5).columns[0].values
        #expect(TwoSample.kolmogorovSmirnov(Self.table.columns[0].values, sample) <= 0.08)
        let probe = Table(columns: [Column(name: "x", values: [10, 30, -1e6])], orientation: .numbers)
        let scores = try snapshot.score(probe).probabilities
        #expect(scores[0] >= 0.4 && scores[1] <= 0.01 && scores[2] <= 0.01)
    }

    @Test func weightsDoNotDependOnTheThreads() throws {
        let specification = try Self.specification(Self.all, steps: 20, batchSize: 520)
        let weights = try [1, 2, 3].map { count in
            let workers: any Workers = count == 1 ? SingleWorker() : BackwardWorkers(count: count)
            return try TrainerTests.train(specification, Self.table, workers).tensors.map(\.values)
        }
        #expect(weights[0] == weights[1] && weights[0] == weights[2])
    }

    @Test(arguments: [1, 25, 40, 2000]) func aResumedTrainingEqualsTheUninterruptedOne(_ stop: Int) throws {
        let specification = try Self.specification(Self.all, steps: 40, batchSize: 16)
        let whole = try TrainerTests.train(specification, Self.table)
        let first = try Trainer(Material(specification, for: Self.table))
        for _ in 0..<stop { _ = try first.advance(SingleWorker()) }
        let tensors = Dictionary(uniqueKeysWithValues: first.state.tensors.map { ($0.name, $0.values) })
        let checkpoint = try #require(Checkpoint(counters: first.state.counters, tensors: tensors))
        let second = try Trainer(Material(specification, for: Self.table), from: checkpoint)
        while try second.advance(SingleWorker()) {}
        #expect(second.snapshot().tensors.map(\.values) == whole.tensors.map(\.values))
    }

    /// Rows that are judged together while a model learns are scored one by one, before its end and after.
    @Test func aScoreDependsOnItsRowAlone() throws {
        let trainer = try Trainer(Material(Self.specification(Self.all, steps: 30, batchSize: 16), for: Self.table))
        for _ in 0..<20 { _ = try trainer.advance(SingleWorker()) }
        let early = trainer.snapshot()
        while try trainer.advance(SingleWorker()) {}
        for snapshot in [early, trainer.snapshot()] {
            let together = try snapshot.score(Self.table).probabilities
            for row in [0, 1, 200, 999] {
                #expect(try snapshot.score(Self.table.rows([row])).probabilities == [together[row]])
            }
            #expect(throws: SpecificationError.self) { try Sampling(.drs, of: snapshot) }
        }
    }

    @Test func aBatchHasRowsThatAreJudgedTogetherWhole() throws {
        #expect(try Self.specification(["packing": .number(3)], steps: 1).batchSize == 129)
        #expect(try Self.specification(Self.all, steps: 1).batchSize == 128)
        for (options, size) in [(["packing": OptionValue.number(3)], 128), (Self.all, 12)] {
            #expect {
                try Self.specification(options, steps: 1, batchSize: size)
            } throws: {
                ($0 as? SpecificationError)?.pointer == "/batch_size"
            }
        }
        for (name, value) in [
            ("packing", OptionValue.number(0)), ("packing", .number(11)), ("dropout", .number(1)),
            ("residual", .text("yes")), ("normalization", .text("batch")),
        ] {
            #expect(throws: SpecificationError.self) { try Self.specification([name: value], steps: 1) }
        }
    }
}
