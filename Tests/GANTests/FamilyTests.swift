import Formats
import GAN
import NeuralNetwork
import Testing

/// The introduction's examples, and what the families refuse.
struct FamilyTests {
    private let table = Distribution.demonstration.table(count: 1000, seed: 1)

    private func numbers(_ values: [Double]) -> Table {
        Table(columns: [Column(name: "x", values: values)], orientation: .numbers)
    }

    @Test func uniformScoresAsTheIntroductionPrints() throws {
        let snapshot = try TrainerTests.train(TrainerTests.specification(table, family: "uniform"), table)
        let scores = try snapshot.score(
            numbers([18.34996294, 10.86329849, 12.39410218, 11.91614647, 7.18871103])
        ).probabilities
        let printed: [Float] = [2.36405280e-04, 4.21768585e-01, 9.12545725e-02, 1.47173006e-01, 6.01274403e-02]
        for (score, expected) in zip(scores, printed) { #expect(abs(score - expected) < 1e-6) }
        let sample = snapshot.sample(rows: 0..<10_000, seed: 1).columns[0].values
        #expect(sample.allSatisfy { 0...20 ~= $0 })
        #expect(abs(TwoSample.wasserstein(sample, table.columns[0].values) - 4.2) < 0.3)
    }

    @Test func linearDecidesAsTheIntroductionPrints() throws {
        let specification = try TrainerTests.specification(
            table, steps: 0, family: "linear",
            options: ["discriminator_weight": .number(0.58768154), "discriminator_bias": .number(-0.16992970)])
        let snapshot = try TrainerTests.train(specification, table)
        let scores = try snapshot.score(
            numbers([-0.07713338, -0.28153205, -0.4695596, -0.04739679, 0.0164116])
        ).probabilities
        let printed: [Float] = [0.44639194, 0.41693193, 0.3903405, 0.4507146, 0.46001434]
        for (score, expected) in zip(scores, printed) { #expect(abs(score - expected) < 1e-6) }
    }

    @Test func linearLearnsTheMeanAndWarns() throws {
        let specification = try TrainerTests.specification(table, family: "linear")
        #expect(try Material(specification, for: table).warnings.contains { $0.contains("mean") })
        let snapshot = try TrainerTests.train(specification, table)
        let sample = snapshot.sample(rows: 0..<10_000, seed: 1).columns[0].values
        #expect(abs(TrainerTests.moments(sample).mean - 10) < 1)
    }

    @Test func torchInitializationStaysInItsBounds() throws {
        let specification = try TrainerTests.specification(table, steps: 0, family: "linear")
        let snapshot = try TrainerTests.train(specification, table)
        #expect((snapshot.generator + snapshot.discriminator).allSatisfy { abs($0) <= 1 && $0 != 0 })
    }

    /// They would be kept with the model and mean nothing, and a file of it with types of no column is refused.
    @Test(arguments: ["dense", "linear", "uniform"], ["x", "nobody"])
    func familiesOfNumbersRefuseTypes(_ family: String, _ column: ByteText) {
        var request = Specification.Request(seed: 1)
        (request.family, request.types) = (family, [column: "number"])
        #expect {
            try Material(request, for: table)
        } throws: { error in
            let error = error as? SpecificationError
            return error?.reason == .invalidParameter && error?.pointer == "/types"
        }
    }

    @Test(arguments: [
        ("family", OptionValue.text("none"), SpecificationError.Reason.invalidParameter),
        ("latent_dim", .number(0), .invalidParameter), ("latent_dim", .number(1.5), .invalidParameter),
        ("generator_layers", .widths([0]), .invalidParameter),
        ("loss", .text("none"), .invalidParameter),
    ])
    func badOptionsAreRefused(_ name: String, _ value: OptionValue, _ reason: SpecificationError.Reason) {
        #expect {
            if name == "family", case .text(let family) = value {
                _ = try TrainerTests.specification(table, family: family)
            } else {
                _ = try TrainerTests.specification(table, options: [name: value])
            }
        } throws: {
            ($0 as? SpecificationError)?.reason == reason
        }
    }

    @Test func constantColumnsComeBackAsTheyWere() throws {
        let table = Table(
            columns: [
                Column(name: "x", values: table.columns[0].values),
                Column(name: "c", values: [Double](repeating: 0.1, count: 1000)),
            ], orientation: .records)
        let specification = try TrainerTests.specification(
            table, steps: 20, options: ["generator_layers": .widths([8]), "discriminator_layers": .widths([8])])
        #expect(try Material(specification, for: table).warnings.contains { $0.contains("c is constant") })
        let sample = try TrainerTests.train(specification, table).sample(rows: 0..<5, seed: 1)
        #expect(sample.columns[1].values == [0.1, 0.1, 0.1, 0.1, 0.1])
    }

    @Test func distancesOfKnownSets() {
        #expect(TwoSample.kolmogorovSmirnov([1, 2, 3], [1, 2, 3]) == 0)
        #expect(TwoSample.kolmogorovSmirnov([1, 2], [3, 4]) == 1)
        #expect(TwoSample.wasserstein([0, 1], [2, 3]) == 2)
        #expect(TwoSample.kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5)
    }
}
