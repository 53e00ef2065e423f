package import Formats
import NeuralNetwork

/// Records of numbers, categories, dates and gaps: perceptrons on encoded columns, whose choices are drawn by a softened
/// softmax. The default for tables with texts or missing values.
package struct RecordsFamily: Family {
    package let name = "records"
    package let makesRecords = true
    package let standardBatchSize = 500

    package init() {}

    /// Small tables are known by heart sooner.
    package func standardSteps(rows: Int) -> Int { min(5_000, max(1_000, rows / 5)) }

    package func options(columns: Int) -> [Option] {
        [
            Option(name: "loss", kind: .choice(Loss.allCases.map(\.rawValue)), standard: .text(Loss.rpgan.rawValue)),
            Option(name: "latent_dim", kind: .integer(1...1024), standard: .number(128)),
            Option(name: "generator_layers", kind: .widths(1...4096), standard: .widths([256, 256, 256])),
            Option(name: "discriminator_layers", kind: .widths(1...4096), standard: .widths([256, 256, 256])),
            Option(name: "learning_rate", kind: .number(1e-8...10), standard: .number(1e-3)),
            Option(name: "learning_rate_end", kind: .number(0...10), standard: .number(2e-5)),
            Option(name: "r1_gamma", kind: .number(0...1000), standard: .number(0.02)),
            Option(name: "r2_gamma", kind: .number(0...1000), standard: .number(0.02)),
            Option(name: "temperature", kind: .number(0.01...10), standard: .number(0.2)),
            Option(name: "max_categories", kind: .integer(2...10_000), standard: .number(200)),
            // How many rows at either end of a column of numbers may not be told from one another.
            Option(name: "protected_rows", kind: .integer(0...1000), standard: .number(Double(Schema.rareRows))),
        ]
    }

    package func check(_ table: Table, _ options: Options) throws(SpecificationError) {
        guard table.rowCount >= 2 else {
            throw SpecificationError(.tooFewRows, at: "/data", "at least 2 rows are needed to learn from")
        }
    }

    package func schema(
        of table: Table, types: TextMap, within allowance: Allowance
    ) throws(SpecificationError) -> Schema? {
        try Schema(table, types: types, within: allowance)
    }

    package func constraints(
        _ declared: [Constraint.Rule], inferring: Bool, for table: Table, _ schema: Schema?
    ) throws(SpecificationError) -> [Constraint]? {
        guard let schema else { return nil }
        return try ConstraintSearch(table, schema).constraints(declared, inferring: inferring)
    }

    package func encoding(
        of table: Table, _ options: Options, _ constraints: [Constraint], _ schema: Schema?, within allowance: Allowance
    ) throws(SpecificationError) -> Encoding {
        guard var schema else { preconditionFailure("records have a schema") }
        let encoder = try TableEncoder(
            records: table, schema: &schema, maximumCategories: Int(options.number("max_categories") ?? 200),
            protecting: Int(options.number("protected_rows") ?? 0),
            rules: constraints.map(\.rule), within: allowance)
        guard encoder.columns.contains(where: { $0.coder.isLearned }) else {
            throw SpecificationError(.invalidData, at: "/data", "there is no column to learn from but identifiers")
        }
        guard encoder.width <= TableEncoder.maximumWidth else {
            throw SpecificationError(
                .invalidData, at: "/data",
                "a row would be \(encoder.width) numbers wide, of \(TableEncoder.maximumWidth) at the most; a lower "
                    + "max_categories makes it narrower")
        }
        let rules = constraints.compactMap(Self.warning)
        return Encoding(encoder: encoder, warnings: rules + schema.columns.flatMap(Self.warnings))
    }

    private static func warning(_ constraint: Constraint) -> String? {
        if case .unique = constraint.rule { return nil }
        return constraint.isInferred
            ? "\(constraint.rule.text) holds in all rows, and so in all that are made; constraints=none leaves it out"
            : nil
    }

    private static func warnings(_ column: Schema.Column) -> [String] {
        let derived = column.derivedFrom.map { "column \(column.name) follows from \($0), and is not learned" }
        let identifier = column.kind == .identifier ? "column \(column.name) is an identifier: it is made anew" : nil
        return [derived, identifier, column.warning].compactMap(\.self)
    }

    package func networks(_ options: Options, _ encoder: TableEncoder) -> Networks? {
        let latent = Int(options.number("latent_dim") ?? 128)
        return Networks(
            latent: latent,
            generator: .perceptron(
                inputs: latent, hidden: options.widths("generator_layers") ?? [], outputs: encoder.width,
                activation: .leakyReLU(slope: 0.2), initialization: .he(slope: 0.2), head: .normal(gain: 1)),
            discriminator: .perceptron(
                inputs: encoder.width, hidden: options.widths("discriminator_layers") ?? [], outputs: 1,
                activation: .leakyReLU(slope: 0.2), initialization: .he(slope: 0.2), head: .normal(gain: 1)),
            choices: GumbelSoftmax(choices: encoder.choices, temperature: options.number("temperature") ?? 0.2))
    }

    package func recipe(_ options: Options) -> Recipe? {
        func number(_ name: String) -> Float { options.number(name) ?? 0 }
        let loss = options.text("loss").flatMap(Loss.init) ?? .rpgan
        return Recipe(
            loss: loss,
            learningRate: Schedule(from: number("learning_rate"), to: number("learning_rate_end")),
            beta1: 0, beta2: Schedule(constant: 0.9),
            r1: Schedule(from: number("r1_gamma"), to: number("r1_gamma") / 10),
            r2: Schedule(from: number("r2_gamma"), to: number("r2_gamma") / 10), tuningShare: 0.1,
            slopePenalty: loss.slopePenalty, movingAverage: true)
    }
}
