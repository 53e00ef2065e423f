import Formats

/// A column of numbers, or of times of a format in its units, that are never below those of other columns.
struct DifferenceColumn: ColumnCoder {
    static let kind = "difference"

    let difference: DifferenceEncoder
    let format: TimeFormat?

    private enum CodingKeys: String, CodingKey {
        case difference = "_0"
        case format = "_1"
    }

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        guard let bases = building.bases[index] else { return nil }
        let column = building.table.columns[index]
        func difference(_ values: [Double], unit: Double, decimals: Int?) -> DifferenceEncoder {
            DifferenceEncoder(
                values, floors: building.floors(bases, unit: unit), bases: bases, decimals: decimals,
                protecting: building.protectedRows)
        }
        switch building.kind(index) {
        case .integer, .decimal:
            return Self(difference: difference(column.values, unit: 1, decimals: nil), format: nil)
        case .timestamp:
            guard let format = building.format(index) else { return nil }
            return Self(
                difference: difference(format.units(of: column), unit: format.unit, decimals: 0), format: format)
        case .category, .boolean, .identifier, nil: return nil
        }
    }

    var layout: ColumnLayout { ColumnLayout(hasNumber: true, places: difference.places) }
    var type: String { format != nil ? "timestamp" : difference.own.decimals == 0 ? "integer" : "decimal" }
    var hasMissing: Bool { difference.own.hasMissing }
    var isOfTexts: Bool { format != nil }
    var isComparable: Bool { true }
    var needed: [Int] { difference.bases.map(\.column) }
    var scaled: NumberEncoder? { format == nil ? difference.difference : nil }

    func scaledNumbers(_ index: Int, of input: ColumnInput) -> [Double] {
        zip(input.given[index].values, floors(input.coders) { input.given[$0] }).map { value, floor in
            difference.own.masses.contains(value) ? .nan : difference.above(floor, value)
        }
    }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? {
        let (difference, column) = (difference, input.given[index])
        let (values, numbers) = (column.values, format?.units(of: column) ?? column.values)
        let floors = floors(input.coders) { input.given[$0] }
        for row in numbers.indices where numbers[row] < floors[row] { rows.markMisfit(row, column: index) }
        let (places, hasMissing) = (difference.places, difference.own.hasMissing)
        return rows.write(values, at: offset, places: places, hasMissing: hasMissing) { row in
            numbers[row].isNaN && !values[row].isNaN
                ? nil : difference.encode(numbers[row], floor: floors[row], point: input.point(row, index))
        }
    }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        let floors = floors(output.coders) { output.made[$0]?.column }
        let (difference, width, places) = (difference, output.width, difference.places)
        let numbers = floors.indices.map { row in
            difference.decode(values.code(at: row * width + offset, places: places), floor: floors[row])
        }
        let name = output.names[index]
        return ColumnOutput.Made(
            column: format?.column(name, numbers)
                ?? Column(name: name, values: numbers, decimals: difference.own.decimals))
    }

    /// The least that each value may be, in its units: the greatest of the values that it is never below; NaN where there
    /// is none.
    private func floors(_ coders: [any ColumnCoder], _ column: (_ index: Int) -> Column?) -> [Double] {
        DifferenceEncoder.floors(difference.bases, unit: format?.unit ?? 1) { index in
            guard let column = column(index) else { return [] }
            if let format = coders[index].format { return column.seconds(format) }
            // As it is written, for it may have been moved to a bound with more digits.
            guard let decimals = column.decimals else { return column.values }
            return column.values.map { Precision.round($0, decimals: decimals) }
        }
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) {
        try difference.check()
        if let format {
            guard format.isKnown else { throw ManifestError("a format of times is unknown") }
            try difference.own.checkTimes(unit: format.unit, bounds: difference.bounds)
        }
        for base in needed {
            guard coders.indices.contains(base), coders[base].isComparable,
                coders[base].format?.isDated == format?.isDated
            else { throw ManifestError("a column is never below one that it cannot be compared with") }
        }
    }

    func reason(against requirement: ColumnRequirement) -> String? {
        format.map { difference.own.reason(against: requirement, $0) } ?? difference.own.reason(against: requirement)
    }
}
