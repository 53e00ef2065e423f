import Formats

/// Looks for columns that are never above others in a table, where that cannot be chance.
struct OrderSearch {
    private let columns: [(place: Int, column: ComparableColumn)]
    /// Those of the table without gaps.
    private let complete: Set<Int>

    /// Time goes with the pairs of columns.
    private static let maximumColumns = 64
    /// Fewer rows prove nothing.
    private static let leastRows = 100
    /// As many rows would break a rule if the columns had nothing to do with one another, by their number and their share.
    /// Numbers may be in different units, of which one is mostly the greater.
    private static let leastBreaches = 30
    private static let leastShares: [ComparableColumn.Scale: Double] = [.numbers: 0.1, .dates: 0.01, .timesOfDay: 0.01]

    init(_ table: Table, _ schema: Schema) {
        let candidates = schema.columns.indices.lazy.compactMap { place in
            schema.columns[place].distinct > 1
                ? ComparableColumn(table.columns[place], schema.columns[place].kind).map { (place, $0) } : nil
        }
        columns = Array(candidates.prefix(Self.maximumColumns))
        complete = Set(schema.columns.indices.filter { schema.columns[$0].missing == 0 })
    }

    /// The pairs that neither follow from one another nor from those that are known.
    func orders(beyond known: [OrderedPair]) -> [OrderedPair] {
        var pairs: [OrderedPair] = []
        for (lower, low) in columns {
            for (upper, high) in columns where lower != upper && low.scale == high.scale {
                // Columns that are equal are above one another; and so are some, round in a circle, that have gaps.
                guard Self.isCertain(low, high), !(known + pairs).leads(from: upper, to: lower) else { continue }
                pairs.append(OrderedPair(lower: lower, upper: upper))
            }
        }
        // In a row where the column in the middle has a gap, nothing follows from what is on its sides.
        for pair in pairs {
            let others = pairs.filter { $0 != pair }
            if (known + others).leads(from: pair.lower, to: pair.upper, through: complete.contains) { pairs = others }
        }
        return pairs
    }

    private static func isCertain(_ low: ComparableColumn, _ high: ComparableColumn) -> Bool {
        let (low, high, scale) = (low.values, high.values, low.scale)
        var rows = 0
        for (low, high) in zip(low, high) {
            if low > high { return false }
            if low <= high { rows += 1 }
        }
        guard rows >= leastRows else { return false }
        // Beside a value of another row, which no period of the table leads back to.
        var (breaches, pairs) = (0, 0)
        let stride = high.count * 618 / 1000 | 1
        for row in low.indices {
            let other = high[(row * stride + high.count / 2) % high.count]
            if low[row] > other { breaches += 1 }
            if !low[row].isNaN, !other.isNaN { pairs += 1 }
        }
        return breaches >= leastBreaches && Double(breaches) >= (leastShares[scale] ?? 1) * Double(pairs)
    }
}
