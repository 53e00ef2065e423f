package import Formats
import NeuralNetwork

/// The introduction's first pair, with nothing to learn: a generator that draws from uniform(low, high) and the rule
/// exp(−|x − center|) for a discriminator.
package struct UniformFamily: Family {
    package let name = "uniform"
    package let isTrained = false
    package let isCalibrated = false
    package let warnings = ["the uniform family learns nothing: it is the baseline that a trained model has to beat"]

    package init() {}

    package func standardSteps(rows: Int) -> Int { 0 }

    package func options(columns: Int) -> [Option] {
        let bound = Option.Kind.number(-1e6...1e6)
        return [
            Option(name: "low", kind: bound, standard: .number(0)),
            Option(name: "high", kind: bound, standard: .number(20)),
            Option(name: "center", kind: bound, standard: .number(10)),
        ]
    }

    package func check(_ table: Table, _ options: Options) throws(SpecificationError) {
        try checkNumbers(table)
        guard table.columns.count == 1 else {
            throw SpecificationError(.invalidData, at: "/data", "the uniform family makes a single column of numbers")
        }
        guard let low = options.number("low"), let high = options.number("high"), low < high
        else {
            throw SpecificationError(.invalidParameter, at: "/options/high", "must be above low")
        }
    }

    package func encoding(
        of table: Table, _ options: Options, _ constraints: [Constraint], _ schema: Schema?, within allowance: Allowance
    ) -> Encoding {
        Encoding(numbers: table, by: TableEncoder(passing: table))
    }

    package func networks(_ options: Options, _ encoder: TableEncoder) -> Networks? { nil }
    package func recipe(_ options: Options) -> Recipe? { nil }
}
