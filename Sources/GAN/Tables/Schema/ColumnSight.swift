import Formats

/// A column that is looked at to say what it is.
struct ColumnSight {
    let column: Column
    /// Rows without a value.
    let missing: Int
    /// Different values.
    let distinct: Int

    init(_ column: Column) {
        self.column = column
        missing = column.values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
        distinct = Self.distinct(column)
    }

    /// Whether there is another value in nearly every row, which says who it is, and nothing about what rows have in common.
    var isUnique: Bool {
        let present = column.values.count - missing
        return present >= 50 && distinct * 20 > present * 19
    }

    /// The refusal of a type that a user says a column has.
    func refusal(_ reason: String) -> SpecificationError {
        SpecificationError(.invalidParameter, at: "/types", "column \(column.name) is \(reason)")
    }

    private static func distinct(_ column: Column) -> Int {
        guard let texts = column.texts else { return distinct(column.values) }
        var isThere = [Bool](repeating: false, count: texts.count)
        for value in column.values where !value.isNaN { isThere[Int(value)] = true }
        return isThere.count(where: \.self)
    }

    private static let rangeRows = 1 << 18

    /// Range by range, because a sorted copy would be as large as the data.
    private static func distinct(_ values: [Double]) -> Int {
        let ranges = 1 + values.count / rangeRows
        let quantiles = evenSteps(64 * (ranges - 1), through: values.count).map { values[$0] }.sortedPresent
        let borders = (1..<ranges).compactMap { index in
            quantiles.isEmpty ? nil : quantiles[index * quantiles.count / ranges]
        }
        var count = 0
        for (low, high) in zip([-.infinity] + borders, borders + [.infinity]) {
            var range = values.filter { low <= $0 && $0 < high }
            range.sort()
            count += range.distinctCount
        }
        return count
    }
}
