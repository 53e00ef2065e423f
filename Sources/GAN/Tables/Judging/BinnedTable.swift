import Formats

/// Rows whose values are few: numbers by the quantiles of a reference table, texts by their frequency there.
struct BinnedTable {
    struct Column {
        var bins: [UInt8]
        let binCount: Int
        /// Whether the order of the bins means nothing.
        let isCategory: Bool
    }

    let columns: [Column]
    var rowCount: Int { columns.first?.bins.count ?? 0 }

    func rows(_ indices: [Int]) -> BinnedTable {
        BinnedTable(
            columns: columns.map { column in
                Column(
                    bins: indices.map { column.bins[$0] }, binCount: column.binCount, isCategory: column.isCategory)
            })
    }

    /// The columns but one, and that one.
    func taking(_ index: Int) -> (rest: BinnedTable, taken: Column) {
        var rest = columns
        let taken = rest.remove(at: index)
        return (BinnedTable(columns: rest), taken)
    }

    /// The rows of two tables, one after the other.
    static func + (a: BinnedTable, b: BinnedTable) -> BinnedTable {
        BinnedTable(
            columns: zip(a.columns, b.columns).map { first, second in
                Column(bins: first.bins + second.bins, binCount: first.binCount, isCategory: first.isCategory)
            })
    }
}
