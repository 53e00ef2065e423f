extension Array {
    /// The first index whose value satisfies what all later ones do, too, by bisection; the count where none does.
    func partitionIndex(where satisfies: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if satisfies(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
