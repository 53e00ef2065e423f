import Formats

/// What the values of a column are to those who compare tables.
enum ColumnReading {
    /// Numbers, or dates and times of a format.
    case numbers(TimeFormat?)
    case texts

    /// - Returns: `nil` for identifiers, which there is nothing to compare of.
    init?(_ described: Schema.Column, of column: Column) {
        switch described.kind {
        case .identifier: return nil
        case .integer, .decimal, .timestamp: self = .numbers(TimeFormat.reading(column.texts ?? []))
        case .category, .boolean: self = .texts
        }
    }

    /// The column's numbers, those of its texts by the format; NaN is missing.
    static func numbers(_ column: Column, _ format: TimeFormat?) -> [Double] {
        guard let texts = column.texts else { return column.values }
        let numbers = texts.map { format?.number($0) ?? .nan }
        return column.values.map { $0.isNaN ? $0 : numbers[Int($0)] }
    }

    /// The numbers that there are, ascending.
    static func sortedNumbers(_ column: Column, _ format: TimeFormat?) -> [Double] {
        numbers(column, format).sortedPresent
    }
}
