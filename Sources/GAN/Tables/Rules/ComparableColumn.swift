import Formats

/// A column whose values have an order.
struct ComparableColumn {
    enum Scale: Equatable {
        case numbers, dates, timesOfDay
    }

    /// Those of times are in seconds; NaN is missing.
    let values: [Double]
    let scale: Scale

    /// - Returns: `nil` for columns of other kinds.
    init?(_ column: Column, _ kind: Schema.Kind) {
        switch kind {
        case .integer, .decimal:
            values = column.values
            scale = .numbers
        case .timestamp:
            guard let format = TimeFormat.reading(column.texts ?? []) else { return nil }
            values = column.seconds(format)
            scale = format.isDated ? .dates : .timesOfDay
        case .category, .boolean, .identifier: return nil
        }
    }
}
