import Formats

/// Columns that stand together only as they do in the data, and the category that their combinations are.
struct CombinedColumns {
    /// Their places in the table, ascending.
    let columns: [Int]
    let joined: Combinations
    let category: CategoryEncoder
    /// The value of each column in each of the category's words.
    private let words: [[Double]]

    init(_ columns: [Int], of table: Table, maximumCategories: Int) {
        self.columns = columns
        joined = Combinations(columns.map { table.columns[$0] })
        category = CategoryEncoder(joined.column, maximum: maximumCategories, rare: Schema.rareRows)
        words = category.vocabulary.map(joined.values)
    }

    /// What a column has in each of the category's words, as places in its texts; only texts of combinations that are kept
    /// are kept, too.
    func part(_ place: Int) -> (values: [Double], texts: [ByteText]) {
        let used = Array(Set(words.map { $0[place] }.filter { !$0.isNaN })).sorted()
        let order = Dictionary(placesOf: used)
        return (
            words.map { order[$0[place]].map(Double.init) ?? .nan },
            used.map { joined.columns[place].texts?[Int($0)] ?? "" }
        )
    }
}
