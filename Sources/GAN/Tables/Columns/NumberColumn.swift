import Formats

/// A column of numbers.
struct NumberColumn: ColumnCoder {
    static let kind = "number"

    let number: NumberEncoder

    private enum CodingKeys: String, CodingKey {
        case number = "_0"
    }

    init(_ number: NumberEncoder) { self.number = number }

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        guard [.integer, .decimal].contains(building.kind(index)) else { return nil }
        return Self(NumberEncoder(record: building.table.columns[index].values, protecting: building.protectedRows))
    }

    var layout: ColumnLayout { ColumnLayout(hasNumber: true, places: number.places) }
    var type: String { number.decimals == 0 ? "integer" : "decimal" }
    var hasMissing: Bool { number.hasMissing }
    var isOfTexts: Bool { false }
    var isComparable: Bool { true }
    var scaled: NumberEncoder? { number }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? {
        let (number, values) = (number, input.given[index].values)
        return rows.write(values, at: offset, places: number.places, hasMissing: number.hasMissing) { row in
            number.encode(values[row], point: input.point(row, index))
        }
    }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let numbers = number.decode(values, at: offset, of: output)
        return ColumnOutput.Made(
            column: Column(name: output.names[index], values: numbers, decimals: number.decimals))
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) { try number.check() }

    func reason(against requirement: ColumnRequirement) -> String? { number.reason(against: requirement) }

    func warning(_ column: Schema.Column) -> String? {
        guard column.kind == .integer, let bounds = number.bounds,
            max(abs(bounds.lowerBound), abs(bounds.upperBound)) >= 0x1p53
        else { return nil }
        return "column \(column.name) has whole numbers beyond 2^53, whose last digits are not kept: where each of "
            + "them counts, send texts"
    }
}

extension NumberEncoder {
    /// The numbers of generated rows; NaN is missing.
    func decode(_ values: Span<Float>, at offset: Int, of output: ColumnOutput) -> [Double] {
        let (width, places) = (output.width, places)
        return (0..<output.count).map { row in decode(values.code(at: row * width + offset, places: places)) }
    }

    /// Why no number can meet a requirement, in plain words; `nil` where one may.
    func reason(against requirement: ColumnRequirement) -> String? {
        switch requirement {
        case .missing: hasMissing ? nil : "the column has no missing values"
        case .number(let number): bounds.map { $0.contains(number) } == false ? "no row has this value" : nil
        case .numbers(let range): bounds.map { $0.overlaps(range) } == false ? "no row has a value in this range" : nil
        case .text, .texts: "the column is one of numbers"
        }
    }
}
