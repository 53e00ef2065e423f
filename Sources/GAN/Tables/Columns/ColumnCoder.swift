import Formats

/// How one kind of column becomes a few floats of a row, and back: all that the rest of the code knows of a column.
///
/// A new kind is one file, with a type that conforms to this, and one line, among `ColumnEncoder.kinds`. The type's members
/// are what a manifest has of such a column; `learned` says which columns of a table are of the kind. What a kind leaves out
/// is that of a column that stands for itself, is learned wherever it has floats, and is neither a number nor a category.
protocol ColumnCoder: Sendable, Equatable, Codable {
    /// What manifests call the kind.
    static var kind: String { get }

    /// The coder of a column of a table of records; `nil` where the column is of another kind.
    ///
    /// - Parameter earlier: the coders of the columns before this one.
    static func learned(_ index: Int, of building: RecordsBuilding, after earlier: [any ColumnCoder]) -> Self?

    /// The floats of a row.
    var layout: ColumnLayout { get }
    /// What the column holds, in the words of the schema.
    var type: String { get }
    /// Whether values may be missing.
    var hasMissing: Bool { get }
    /// Whether the column is one of texts.
    var isOfTexts: Bool { get }

    /// Writes the column into its floats of each row, or marks the rows that do not fit.
    ///
    /// - Returns: the row of a value that cannot be encoded, if there is one.
    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int?

    /// The column of generated rows.
    ///
    /// - Parameters:
    ///   - values: rows of floats; of each choice the largest is the one that is made.
    ///   - output: the columns that have been made, among them those that this one needs.
    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made

    /// Checks all that encoding and decoding rely on.
    ///
    /// - Parameter coders: those of all columns, checked up to this one.
    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError)

    /// Why no row can meet a requirement, in plain words; `nil` where one may.
    func reason(against requirement: ColumnRequirement) -> String?

    /// Whether there is anything to learn of the column.
    var isLearned: Bool { get }
    /// The columns that have to be made before this one.
    var needed: [Int] { get }
    /// The format of a column of times.
    var format: TimeFormat? { get }
    /// Whether the column is one of numbers or times that others may be never below.
    var isComparable: Bool { get }
    /// What a column that others may follow from chooses among.
    var category: CategoryEncoder? { get }
    /// What the column has in each word of the category that it is, or that it follows from.
    var words: WordValues? { get }
    /// The texts that a sample may have equally often.
    var balancedTexts: [ByteText]? { get }
    /// How numbers are encoded that the scorer sees as their places on the scale instead.
    var scaled: NumberEncoder? { get }

    /// The numbers that `scaled` encodes; NaN is none of them.
    func scaledNumbers(_ index: Int, of input: ColumnInput) -> [Double]
    /// The column that is learned, of those of a table.
    func learnedColumn(_ index: Int, of given: [Column]) -> Column
    /// The column that users are told that this one follows from.
    func source(of index: Int, among coders: [any ColumnCoder]) -> Int?
    /// What a user should know of the column before relying on the model.
    func warning(_ column: Schema.Column) -> String?
}

extension ColumnCoder {
    var isLearned: Bool { layout.width > 0 }
    var needed: [Int] { [] }
    var format: TimeFormat? { nil }
    var isComparable: Bool { false }
    var category: CategoryEncoder? { nil }
    var words: WordValues? { nil }
    var balancedTexts: [ByteText]? { nil }
    var scaled: NumberEncoder? { nil }

    func scaledNumbers(_ index: Int, of input: ColumnInput) -> [Double] { input.given[index].values }
    func learnedColumn(_ index: Int, of given: [Column]) -> Column { given[index] }
    func source(of index: Int, among coders: [any ColumnCoder]) -> Int? { nil }
    func warning(_ column: Schema.Column) -> String? { nil }

    func isEqual(to other: any ColumnCoder) -> Bool { other as? Self == self }
}
