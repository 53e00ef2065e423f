import Formats

/// Whole numbers from one on, made anew for each row and never learned.
struct SequenceColumn: ColumnCoder {
    static let kind = "sequence"

    let start: Double
    /// The share of rows without one.
    let missing: Double?

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        let column = building.table.columns[index]
        guard building.kind(index) == .identifier, column.texts == nil else { return nil }
        let last = column.values.lazy.filter { !$0.isNaN }.max() ?? 0
        return Self(start: last.rounded(.down) + 1, missing: building.missingShare(index))
    }

    var layout: ColumnLayout { ColumnLayout() }
    var type: String { "identifier" }
    var hasMissing: Bool { missing ?? 0 > 0 }
    var isOfTexts: Bool { false }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? { nil }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let numbers = (0..<output.count).map { row in
            output.isGap(row, index, share: missing) ? .nan : start + Double(output.first + row)
        }
        return ColumnOutput.Made(column: Column(name: output.names[index], values: numbers, decimals: 0))
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) {
        guard abs(start) < 0x1p53 else { throw ManifestError("a sequence does not begin with a whole number") }
        guard 0...1 ~= missing ?? 0 else { throw IdentifierColumn.refusedShare }
    }

    func reason(against requirement: ColumnRequirement) -> String? { IdentifierColumn.refusal }
}
