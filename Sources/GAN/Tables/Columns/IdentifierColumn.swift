import Formats
import NeuralNetwork

/// Texts of a pattern, made anew for each row and never learned.
struct IdentifierColumn: ColumnCoder {
    static let kind = "identifier"

    let pattern: IdentifierPattern
    /// The share of rows without one.
    let missing: Double?

    private enum CodingKeys: String, CodingKey {
        case pattern = "_0"
        case missing
    }

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        guard building.kind(index) == .identifier, let texts = building.table.columns[index].texts,
            let pattern = IdentifierPattern(texts)
                ?? (building.unique.contains(index) ? IdentifierPattern(around: texts) : nil)
        else { return nil }
        return Self(pattern: pattern, missing: building.missingShare(index))
    }

    var layout: ColumnLayout { ColumnLayout() }
    var type: String { "identifier" }
    var hasMissing: Bool { missing ?? 0 > 0 }
    var isOfTexts: Bool { true }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? { nil }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let rows = 0..<output.count
        return ColumnOutput.Made(
            column: Column(
                name: output.names[index],
                values: rows.map { output.isGap($0, index, share: missing) ? .nan : Double($0) },
                texts: rows.map { ByteText(pattern.text(row: output.first + $0, seed: output.random.seed)) }))
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) {
        try pattern.check()
        guard 0...1 ~= missing ?? 0 else { throw Self.refusedShare }
    }

    func reason(against requirement: ColumnRequirement) -> String? { Self.refusal }

    static let refusal = "the column is an identifier, which is made anew for each row"
    static let refusedShare = ManifestError("more identifiers are missing than there are")
}
