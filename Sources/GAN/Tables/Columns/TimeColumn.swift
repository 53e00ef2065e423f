import Formats

/// A column of dates or times: numbers that stand for the texts of a format, in its units.
struct TimeColumn: ColumnCoder {
    static let kind = "time"

    let number: NumberEncoder
    let times: TimeFormat

    private enum CodingKeys: String, CodingKey {
        case number = "_0"
        case times = "_1"
    }

    static func learned(_ index: Int, of building: RecordsBuilding, after _: [any ColumnCoder]) -> Self? {
        guard building.kind(index) == .timestamp, let times = building.format(index) else { return nil }
        let numbers = times.units(of: building.table.columns[index])
        return Self(
            number: NumberEncoder(record: numbers, decimals: 0, protecting: building.protectedRows), times: times)
    }

    var layout: ColumnLayout { ColumnLayout(hasNumber: true, places: number.places) }
    var type: String { "timestamp" }
    var hasMissing: Bool { number.hasMissing }
    var isOfTexts: Bool { true }
    var isComparable: Bool { true }
    var format: TimeFormat? { times }

    func encode(_ index: Int, of input: ColumnInput, into rows: inout EncodedRows, at offset: Int) -> Int? {
        let (number, column) = (number, input.given[index])
        let (values, numbers) = (column.values, times.units(of: column))
        return rows.write(values, at: offset, places: number.places, hasMissing: number.hasMissing) { row in
            numbers[row].isNaN && !values[row].isNaN
                ? nil : number.encode(numbers[row], point: input.point(row, index))
        }
    }

    func decode(_ values: Span<Float>, at offset: Int, _ index: Int, of output: ColumnOutput) -> ColumnOutput.Made {
        ColumnOutput.Made(column: times.column(output.names[index], number.decode(values, at: offset, of: output)))
    }

    func check(at index: Int, among coders: [any ColumnCoder]) throws(ManifestError) {
        try number.check()
        guard times.isKnown else { throw ManifestError("a format of times is unknown") }
        try number.checkTimes(unit: times.unit)
    }

    func reason(against requirement: ColumnRequirement) -> String? { number.reason(against: requirement, times) }
}

extension TimeFormat {
    /// The numbers of a column in units; NaN is missing or none of the format.
    func units(of column: Column) -> [Double] {
        let unit = unit
        return column.seconds(self).map { $0 / unit }
    }

    /// The column of the texts of numbers in units.
    func column(_ name: ByteText, _ numbers: [Double]) -> Column {
        let unit = unit
        var places = [Double](repeating: .nan, count: numbers.count)
        var texts: [ByteText] = []
        for (row, number) in numbers.enumerated() where !number.isNaN {
            places[row] = Double(texts.count)
            texts.append(ByteText(text(number * unit)))
        }
        return Column(name: name, values: places, texts: texts)
    }
}

extension NumberEncoder {
    /// Why no time of a format can meet a requirement, in plain words; `nil` where one may.
    func reason(against requirement: ColumnRequirement, _ format: TimeFormat) -> String? {
        switch requirement {
        case .missing: hasMissing ? nil : "the column has no missing values"
        case .text(let text): format.number(text) == nil ? "the text is not of the column's format" : nil
        case .texts(let first, let last):
            format.range(first, last) == nil
                ? "the texts are not of the column's format, or the first is behind the last" : nil
        case .number, .numbers: "the column is one of texts"
        }
    }

    /// Whether every value is a time that can be written: within ten thousand years of 1970.
    func checkTimes(unit: Double, bounds outer: ClosedRange<Double>? = nil) throws(ManifestError) {
        let limit = 10_000 * 366 * 86_400 / unit
        var values = outer.map { [$0.lowerBound, $0.upperBound] } ?? []
        switch map {
        case .constant(let value): values.append(value)
        case .standard, .quantile:
            guard let bounds else { throw ManifestError("a column of times has no bounds") }
            values += [bounds.lowerBound, bounds.upperBound]
        }
        guard (values + masses).allSatisfy({ abs($0) <= limit }) else {
            throw ManifestError("a column of times has values that are none")
        }
    }
}
