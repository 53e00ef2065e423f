import Formats

/// Columns that are bound to others: what they are learned as, and in which order they are made.
extension TableEncoder {
    /// The column that an encoder learns of those that are given: its own, or that of all its combinations.
    func learned(_ index: Int, of given: [Formats.Column]) -> Formats.Column {
        guard case .combination(_, let encoder) = columns[index].encoder else { return given[index] }
        return Combinations(encoder.columns.map { given[$0] }).column
    }

    /// The least that each value of a column may be, in its units: the greatest of the values that it is never below; NaN
    /// where there is none, and nothing for other columns.
    func floors(of encoder: ColumnEncoder, in given: [Formats.Column]) -> [Double] {
        guard case .difference(let difference, let format) = encoder else { return [] }
        return DifferenceEncoder.floors(difference.bases, unit: format?.unit ?? 1) { index in
            let (encoder, column) = (columns[index].encoder, given[index])
            if let format = encoder.format { return column.seconds(format) }
            // As it is written, for it may have been moved to a bound with more digits.
            guard let decimals = column.decimals else { return column.values }
            return column.values.map { Precision.round($0, decimals: decimals) }
        }
    }

    /// The columns that are never below others, each behind those.
    var differences: [Int] {
        var order: [Int] = []
        var seen = Set<Int>()
        for index in columns.indices {
            // A chain of columns may be as long as there are columns.
            var open = seen.contains(index) ? [] : [index]
            while let last = open.last {
                seen.insert(last)
                if let next = bases(last).first(where: { !seen.contains($0) }) {
                    open.append(next)
                } else {
                    open.removeLast()
                    if !bases(last).isEmpty { order.append(last) }
                }
            }
        }
        return order
    }

    private func bases(_ index: Int) -> [Int] {
        guard case .difference(let encoder, _) = columns[index].encoder else { return [] }
        return encoder.bases.map(\.column)
    }
}

extension DifferenceEncoder {
    /// The least that each value may be.
    ///
    /// - Parameters:
    ///   - unit: of the values; the other columns' are divided by it.
    ///   - numbers: those of another column.
    static func floors(_ bases: [Base], unit: Double, _ numbers: (_ column: Int) -> [Double]) -> [Double] {
        var floors: [Double] = []
        for base in bases {
            let values = numbers(base.column).map { base.isStrict ? ($0 / unit).nextUp : $0 / unit }
            // What is missing bounds nothing.
            floors = floors.isEmpty ? values : zip(floors, values).map { Double.maximum($0, $1) }
        }
        return floors
    }
}

extension ColumnEncoder {
    /// What a column that others follow from chooses among.
    var learnedCategory: CategoryEncoder? {
        switch self {
        case .category(let encoder), .combination(let encoder, _): encoder
        case .number, .time, .difference, .identifier, .sequence, .derived: nil
        }
    }
}

extension Column {
    /// The seconds of a column of times; NaN is missing or not of the format.
    func seconds(_ format: TimeFormat) -> [Double] {
        let seconds = (texts ?? []).map { format.number($0) ?? .nan }
        return values.map { $0.isNaN ? $0 : seconds[Int($0)] }
    }
}
