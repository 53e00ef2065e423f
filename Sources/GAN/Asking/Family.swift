package import Formats
import NeuralNetwork

/// A kind of generative adversarial network: its options, its networks and what it promises.
package protocol Family: Sendable {
    var name: String { get }
    /// Whether there is anything to train.
    var isTrained: Bool { get }
    /// Whether scores are calibrated after training; otherwise they are σ(logit), whatever was trained.
    var isCalibrated: Bool { get }
    /// Whether columns may be of texts, and are judged by their shapes and trends.
    var makesRecords: Bool { get }
    /// The steps of a training on so many rows, where none are given.
    func standardSteps(rows: Int) -> Int
    var standardBatchSize: Int { get }
    /// The rows that the discriminator judges together, which a batch has whole times.
    func rowsTogether(_ options: Options) -> Int
    /// What every user of the family should know.
    var warnings: [String] { get }

    func options(columns: Int) -> [Option]
    /// What the columns are, where that decides how they are encoded; `nil` for families of numbers alone.
    func schema(
        of table: Table, types: TextMap, within allowance: Allowance
    ) throws(SpecificationError) -> Schema?
    /// Refuses data that the family cannot learn from.
    func check(_ table: Table, _ options: Options) throws(SpecificationError)
    /// What rows are to keep, in full; `nil` for families that know no such rules.
    func constraints(
        _ declared: [Constraint.Rule], inferring: Bool, for table: Table, _ schema: Schema?
    ) throws(SpecificationError) -> [Constraint]?
    /// How the columns of the data become floats.
    ///
    /// - Parameters:
    ///   - constraints: what rows keep.
    ///   - schema: what `schema(of:types:)` came to.
    func encoding(
        of table: Table, _ options: Options, _ constraints: [Constraint], _ schema: Schema?, within allowance: Allowance
    ) throws(SpecificationError) -> Encoding
    /// The networks for rows of that encoder, or `nil` where there are none.
    func networks(_ options: Options, _ encoder: TableEncoder) -> Networks?
    /// The recipe of a training, or `nil` where there is nothing to train.
    func recipe(_ options: Options) -> Recipe?
    /// Overwrites the initial weights where the options say so.
    func adjust(generator: inout [Float], discriminator: inout [Float], options: Options)
}

extension Family {
    package var isTrained: Bool { true }
    package var isCalibrated: Bool { true }
    package var makesRecords: Bool { false }
    package var standardBatchSize: Int { 128 }
    package func rowsTogether(_ options: Options) -> Int { 1 }
    package var warnings: [String] { [] }
    package func schema(
        of table: Table, types: TextMap, within allowance: Allowance
    ) throws(SpecificationError) -> Schema? { nil }

    package func constraints(
        _ declared: [Constraint.Rule], inferring: Bool, for table: Table, _ schema: Schema?
    ) throws(SpecificationError) -> [Constraint]? {
        guard declared.isEmpty else {
            throw SpecificationError(.invalidParameter, at: "/constraints", "the \(name) family knows none")
        }
        return nil
    }

    package func check(_ table: Table, _ options: Options) throws(SpecificationError) {
        guard table.rowCount >= 2 else {
            throw SpecificationError(.tooFewRows, at: "/data", "at least 2 rows are needed to learn from")
        }
        try checkNumbers(table)
    }

    /// Refuses texts and missing values, which only records have.
    func checkNumbers(_ table: Table) throws(SpecificationError) {
        for column in table.columns {
            guard column.texts == nil else {
                throw SpecificationError(
                    .invalidData, at: "/data",
                    "column \(column.name) is one of texts, which the \(name) family cannot learn")
            }
            if let row = column.values.firstIndex(where: \.isNaN) {
                throw SpecificationError(
                    .invalidData, at: "row:\(row + 1)/column:\(column.name)",
                    "the value is missing, which the \(name) family cannot learn")
            }
        }
    }

    package func adjust(generator: inout [Float], discriminator: inout [Float], options: Options) {}
}
