import Formats

/// How far rows are from one another: numbers by their ranks among those of a reference table, 0 to 1, texts by whether
/// they are the same.
struct Proximity {
    /// Row after row: ranks, and codes of texts.
    struct Rows {
        fileprivate var ranks: [Float] = []
        fileprivate var codes: [Int32] = []
        fileprivate(set) var count = 0
    }

    private enum Kind {
        /// What the reference has, ascending.
        case number([Double], TimeFormat?)
        case text([ByteText: Int32])
    }

    private let kinds: [(place: Int, kind: Kind)]

    init(_ reference: Table, schema: Schema) {
        kinds = zip(schema.columns, reference.columns).enumerated().compactMap { place, pair in
            let (described, column) = pair
            switch ColumnReading(described, of: column) {
            case nil: return nil
            case .numbers(let format)?: return (place, .number(ColumnReading.sortedNumbers(column, format), format))
            case .texts?:
                var codes: [ByteText: Int32] = [:]
                for text in column.texts ?? [] where codes[text] == nil { codes[text] = Int32(codes.count) }
                return (place, .text(codes))
            }
        }
    }

    func rows(_ table: Table) -> Rows {
        var numbers: [[Float]] = []
        var texts: [[Int32]] = []
        for (place, kind) in kinds {
            let column = table.columns[place]
            switch kind {
            case .number(let sorted, let format):
                numbers.append(ColumnReading.numbers(column, format).map { Self.rank(of: $0, among: sorted) })
            case .text(let codes):
                // Missing is a value of its own, and so is each text that the reference does not have.
                let known = (column.texts ?? []).enumerated().map { codes[$1] ?? -2 - Int32($0) }
                texts.append(column.values.map { $0.isNaN ? -1 : known[Int($0)] })
            }
        }
        var rows = Rows(count: table.rowCount)
        for row in 0..<table.rowCount {
            for column in numbers { rows.ranks.append(column[row]) }
            for column in texts { rows.codes.append(column[row]) }
        }
        return rows
    }

    /// The middle of the ranks that the value has; −1 for what is missing, which is as far from any value as can be.
    private static func rank(of value: Double, among sorted: [Double]) -> Float {
        guard !value.isNaN else { return -1 }
        let places = sorted.partitionIndex { $0 >= value } + sorted.partitionIndex { $0 > value }
        return Float(places) / Float(2 * max(sorted.count, 1))
    }

    /// The square of each row's distance to the closest of others.
    static func closest(
        _ rows: Rows, to others: Rows, within allowance: Allowance
    ) throws(Allowance.Interruption) -> [Float] {
        let (numbers, texts) = (rows.ranks.count / max(rows.count, 1), rows.codes.count / max(rows.count, 1))
        let (ranks, codes) = (others.ranks.span, others.codes.span)
        var closest: [Float] = []
        closest.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            try allowance.check()
            let rank = rows.ranks[row * numbers..<(row + 1) * numbers]
            let code = rows.codes[row * texts..<(row + 1) * texts]
            var best = Float.infinity
            for other in 0..<others.count {
                var square: Float = 0
                var place = other * numbers
                for x in rank {
                    let difference = x - ranks[place]
                    square += difference * difference
                    place += 1
                }
                place = other * texts
                for x in code {
                    square += x == codes[place] ? 0 : 1
                    place += 1
                }
                best = min(best, square)
            }
            closest.append(best)
        }
        return closest
    }
}
