package import Formats
import NeuralNetwork

/// Perceptrons on standardised numbers: the default for numbers and vectors.
package struct DenseFamily: Family {
    package let name = "dense"
    package let standardBatchSize = 128

    package init() {}

    package func standardSteps(rows: Int) -> Int { 12_000 }

    package func options(columns: Int) -> [Option] {
        // One column is learned by the smallest networks; joint distributions need room.
        let widths = columns == 1 ? [32, 32] : [128, 128, 128]
        return [
            Option(name: "loss", kind: .choice(Loss.allCases.map(\.rawValue)), standard: .text(Loss.rpgan.rawValue)),
            Option(
                name: "latent_dim", kind: .integer(1...1024),
                standard: .number(Double(columns == 1 ? 8 : min(64, max(8, 2 * columns))))),
            Option(name: "generator_layers", kind: .widths(1...4096), standard: .widths(widths)),
            Option(name: "discriminator_layers", kind: .widths(1...4096), standard: .widths(widths)),
            Option(name: "learning_rate", kind: .number(1e-8...10), standard: .number(1e-3)),
            Option(name: "learning_rate_end", kind: .number(0...10), standard: .number(1e-5)),
            Option(name: "r1_gamma", kind: .number(0...1000), standard: .number(0.02)),
            Option(name: "r2_gamma", kind: .number(0...1000), standard: .number(0.02)),
            Option(name: "gamma", kind: .choice(["given", "auto"]), standard: .text("given")),
            Option(name: "gradient_penalty", kind: .number(0...1000), standard: nil),
            Option(name: "residual", kind: .choice(["off", "on"]), standard: .text("off")),
            Option(name: "normalization", kind: .choice(["none", "layer"]), standard: .text("none")),
            Option(name: "dropout", kind: .number(0...0.9), standard: .number(0)),
            Option(name: "minibatch_deviation", kind: .choice(["off", "on"]), standard: .text("off")),
            Option(name: "packing", kind: .integer(1...10), standard: .number(1)),
        ]
    }

    package func rowsTogether(_ options: Options) -> Int {
        packing(options) * (seesDeviation(options) ? MinibatchDeviation.groupRows : 1)
    }

    private func packing(_ options: Options) -> Int { Int(options.number("packing") ?? 1) }
    private func seesDeviation(_ options: Options) -> Bool { options.text("minibatch_deviation") == "on" }

    package func encoding(
        of table: Table, _ options: Options, _ constraints: [Constraint], _ schema: Schema?, within allowance: Allowance
    ) throws(SpecificationError) -> Encoding {
        Encoding(numbers: table, by: try TableEncoder(dense: table, within: allowance))
    }

    package func networks(_ options: Options, _ encoder: TableEncoder) -> Networks? {
        let columns = encoder.width
        let latent = Int(options.number("latent_dim") ?? 8)
        func hidden(_ name: String, dropout: Float = 0) -> HiddenLayers {
            var hidden = HiddenLayers(
                options.widths(name) ?? [], activation: .leakyReLU(slope: 0.2), initialization: .he(slope: 0.2))
            hidden.isResidual = options.text("residual") == "on"
            hidden.isNormalized = options.text("normalization") == "layer"
            hidden.dropout = dropout
            return hidden
        }
        let judging = hidden("discriminator_layers", dropout: options.number("dropout") ?? 0)
        // Normalized, a row that is far from everything looks as others do.
        var scoring = judging
        scoring.isNormalized = false
        return Networks(
            latent: latent,
            generator: .perceptron(
                inputs: latent, hidden: hidden("generator_layers"), outputs: columns, head: .normal(gain: 1)),
            discriminator: .perceptron(
                inputs: packing(options) * columns, hidden: judging, outputs: 1, head: .normal(gain: 1),
                seesDeviation: seesDeviation(options)),
            scorer: .perceptron(inputs: columns, hidden: scoring, outputs: 1, head: .normal(gain: 1)),
            packing: packing(options))
    }

    package func recipe(_ options: Options) -> Recipe? {
        func number(_ name: String) -> Float { options.number(name) ?? 0 }
        let loss = options.text("loss").flatMap(Loss.init) ?? .rpgan
        return Recipe(
            loss: loss,
            learningRate: Schedule(from: number("learning_rate"), to: number("learning_rate_end")),
            beta1: 0, beta2: Schedule(from: 0.9, to: 0.99),
            r1: Schedule(from: number("r1_gamma"), to: number("r1_gamma") / 1000),
            r2: Schedule(from: number("r2_gamma"), to: number("r2_gamma") / 1000),
            findsGamma: options.text("gamma") == "auto", tuningShare: 0.05,
            slopePenalty: options.number("gradient_penalty") ?? loss.slopePenalty, movingAverage: true)
    }
}
