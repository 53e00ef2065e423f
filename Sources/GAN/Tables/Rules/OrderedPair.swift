/// Two columns of which one is never above the other.
struct OrderedPair: Hashable {
    let lower: Int
    let upper: Int
}

extension [OrderedPair] {
    /// Whether a column is known to be never above another, by one pair or by several.
    ///
    /// - Parameter isBetween: whether several pairs may meet in a column.
    func leads(from lower: Int, to upper: Int, through isBetween: (_ column: Int) -> Bool = { _ in true }) -> Bool {
        var seen: Set = [lower]
        var open = [lower]
        while let column = open.popLast() {
            if column == upper { return true }
            guard column == lower || isBetween(column) else { continue }
            for pair in self where pair.lower == column && seen.insert(pair.upper).inserted { open.append(pair.upper) }
        }
        return false
    }
}
