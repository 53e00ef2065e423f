import Formats

/// Looks for categories that stand together in few of the ways in which they could, where that cannot be chance.
struct CombinationSearch {
    /// A column of categories by their numbers, few enough for a byte; a missing value has one of its own.
    fileprivate struct Places {
        var values: [UInt8]
        var count: Int
        var hasMissing: Bool
    }

    /// How two columns stand together.
    private struct Crossing {
        let isCertain: Bool
        /// Whether the second follows from the first.
        let isFunction: Bool
    }

    private let rowCount: Int
    private let places: [(column: Int, places: Places)]

    private static let maximumCount = 200
    /// Time goes with the pairs of columns.
    static let maximumColumns = 64
    /// As many rows would stand in other combinations if the columns had nothing to do with one another, by their share and
    /// their number.
    private static let (leastShare, leastBreaches) = (0.25, 50.0)
    private static let rowsEach = 20

    /// - Parameter combined: columns that are not to be looked at.
    init(_ table: Table, _ schema: Schema, except combined: Set<Int>) {
        rowCount = table.rowCount
        let candidates = schema.columns.indices.filter { index in
            let column = schema.columns[index]
            return column.kind == .category && 2...Self.maximumCount ~= column.distinct && !combined.contains(index)
                && column.distinct * Self.rowsEach <= table.rowCount
        }
        places = candidates.prefix(Self.maximumColumns).map { ($0, Places(table.columns[$0])) }
    }

    /// The combinations, each by its columns in the order of the table.
    var combinations: [[Int]] {
        var certain: [(first: Int, second: Int)] = []
        var derived = Set<Int>()
        for (index, first) in places.enumerated() {
            for second in places[(index + 1)...] {
                guard let crossing = crossing(first.places, second.places) else { continue }
                if crossing.isFunction, !first.places.hasMissing {
                    // It is derived, not learned.
                    derived.insert(second.column)
                } else if crossing.isCertain {
                    certain.append((first.column, second.column))
                }
            }
        }
        var groups: [(columns: [Int], places: Places)] = []
        for (first, second) in certain where derived.isDisjoint(with: [first, second]) {
            if let group = groups.firstIndex(where: { $0.columns.contains(first) || $0.columns.contains(second) }) {
                guard let added = [first, second].first(where: { !groups[group].columns.contains($0) }),
                    !groups.contains(where: { $0.columns.contains(added) }), let other = placesOf(added),
                    crossing(groups[group].places, other)?.isCertain == true
                else { continue }
                groups[group].places.cross(other)
                groups[group].columns.append(added)
            } else if var joined = placesOf(first), let other = placesOf(second) {
                joined.cross(other)
                groups.append(([first, second], joined))
            }
        }
        return groups.map { $0.columns.sorted() }
    }

    private func placesOf(_ column: Int) -> Places? { places.first { $0.column == column }?.places }

    /// - Returns: `nil` where most combinations are there.
    private func crossing(_ first: Places, _ second: Places) -> Crossing? {
        let cells = first.count * second.count
        var counts = [Int](repeating: 0, count: cells)
        var seen = 0
        for (a, b) in zip(first.values, second.values) {
            let cell = Int(a) * second.count + Int(b)
            if counts[cell] == 0 {
                seen += 1
                if 3 * seen > 2 * cells { return nil }
            }
            counts[cell] += 1
        }
        let total = Double(rowCount)
        let (rows, columns) = (first.counts, second.counts)
        var (expected, rare) = (0.0, 0)
        for (cell, count) in counts.enumerated() where count > 0 {
            expected += Double(rows[cell / second.count]) / total * Double(columns[cell % second.count]) / total
            if count < Schema.rareRows { rare += count }
        }
        let share = 1 - expected
        return Crossing(
            isCertain: share >= Self.leastShare && share * total >= Self.leastBreaches && rare * 100 <= rowCount
                && seen * Self.rowsEach <= rowCount && seen <= Self.maximumCount,
            isFunction: seen == first.count)
    }
}

extension CombinationSearch.Places {
    fileprivate init(_ column: Column) {
        var known: [Double: UInt8] = [:]
        var missing: UInt8?
        values = []
        count = 0
        for value in column.values {
            guard let place = value.isNaN ? missing : known[value] else {
                let place = UInt8(count)
                if value.isNaN { missing = place } else { known[value] = place }
                values.append(place)
                count += 1
                continue
            }
            values.append(place)
        }
        hasMissing = missing != nil
    }

    fileprivate var counts: [Int] {
        var counts = [Int](repeating: 0, count: count)
        for value in values { counts[Int(value)] += 1 }
        return counts
    }

    /// Numbers the combinations with another column.
    fileprivate mutating func cross(_ other: Self) {
        var known: [Int: UInt8] = [:]
        for row in values.indices {
            let cell = Int(values[row]) * other.count + Int(other.values[row])
            let place = known[cell] ?? UInt8(known.count)
            known[cell] = place
            values[row] = place
        }
        count = known.count
        hasMissing = false
    }
}
