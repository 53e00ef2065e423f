package import Formats
import NeuralNetwork

/// The introduction's PyTorch pair: a generator Linear(1, 1) and a discriminator σ(Linear(1, 1)) on raw numbers.
package struct LinearFamily: Family {
    package let name = "linear"
    package let isCalibrated = false
    package let warnings = [
        "a linear discriminator sees the mean of the data only: it can teach a mean, but no spread and no shape"
    ]

    package init() {}

    package func standardSteps(rows: Int) -> Int { 5_000 }

    /// The initial weights are PyTorch's random ones where none are given.
    package func options(columns: Int) -> [Option] {
        let weight = Option.Kind.number(-1e6...1e6)
        return [
            Option(name: "learning_rate", kind: .number(1e-8...10), standard: .number(1e-2)),
            Option(name: "generator_weight", kind: weight, standard: nil),
            Option(name: "generator_bias", kind: weight, standard: nil),
            Option(name: "discriminator_weight", kind: weight, standard: nil),
            Option(name: "discriminator_bias", kind: weight, standard: nil),
        ]
    }

    package func check(_ table: Table, _ options: Options) throws(SpecificationError) {
        try checkNumbers(table)
        guard table.columns.count == 1 else {
            throw SpecificationError(.invalidData, at: "/data", "the linear family learns a single column of numbers")
        }
        guard table.rowCount >= 2 else {
            throw SpecificationError(.tooFewRows, at: "/data", "at least 2 rows are needed to learn from")
        }
    }

    package func encoding(
        of table: Table, _ options: Options, _ constraints: [Constraint], _ schema: Schema?, within allowance: Allowance
    ) -> Encoding {
        Encoding(numbers: table, by: TableEncoder(passing: table))
    }

    package func networks(_ options: Options, _ encoder: TableEncoder) -> Networks? {
        let linear = Network.perceptron(
            inputs: 1, hidden: [], outputs: 1, activation: .identity, initialization: .torchLinear, head: .torchLinear)
        return Networks(latent: 1, generator: linear, discriminator: linear)
    }

    package func recipe(_ options: Options) -> Recipe? {
        Recipe(
            loss: .nonsaturating, learningRate: Schedule(constant: options.number("learning_rate") ?? 0),
            beta1: 0.9, beta2: Schedule(constant: 0.999), r1: Schedule(constant: 0), r2: Schedule(constant: 0),
            movingAverage: false)
    }

    package func adjust(generator: inout [Float], discriminator: inout [Float], options: Options) {
        generator[0] = options.number("generator_weight") ?? generator[0]
        generator[1] = options.number("generator_bias") ?? generator[1]
        discriminator[0] = options.number("discriminator_weight") ?? discriminator[0]
        discriminator[1] = options.number("discriminator_bias") ?? discriminator[1]
    }
}
