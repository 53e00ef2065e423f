import Formats

/// What belongs to a category of combinations: whose they are, and what the first of the columns has in each.
struct CombinationEncoder: Sendable, Equatable, Codable {
    /// The columns; the first is the one that has the floats, and the others follow from it.
    let columns: [Int]
    /// The first column's value in each of the category's words, as a place in its texts; NaN is missing.
    let values: [Double]
    let texts: [String]
}

/// The combinations of columns' texts as the texts of one column.
struct Combinations {
    let column: Column
    private let columns: [Column]
    /// By the text of a combination: the first row that has it.
    private let rows: [String: Int]

    init(_ columns: [Column]) {
        self.columns = columns
        var codes = [Int](repeating: 0, count: columns.first?.values.count ?? 0)
        // Of each combination the first row that has it.
        var firsts: [Int] = []
        for column in columns {
            var known: [Pair: Int] = [:]
            firsts = []
            for (row, value) in column.values.enumerated() {
                let pair = Pair(code: codes[row], value: value.isNaN ? -1 : value)
                if let code = known[pair] {
                    codes[row] = code
                } else {
                    known[pair] = firsts.count
                    codes[row] = firsts.count
                    firsts.append(row)
                }
            }
        }
        // Lengths keep apart what would else read the same.
        let texts = firsts.map { row in
            columns.map { column in
                let value = column.values[row]
                guard !value.isNaN, let text = column.texts?[Int(value)] else { return "-" }
                return "\(text.utf8.count):\(text)"
            }.joined()
        }
        column = Column(name: "", values: codes.map(Double.init), texts: texts)
        rows = Dictionary(zip(texts, firsts), uniquingKeysWith: { first, _ in first })
    }

    /// The value of each column in a combination; none where there is no such combination.
    func values(of text: String) -> [Double] { rows[text].map { row in columns.map { $0.values[row] } } ?? [] }

    private struct Pair: Hashable {
        let code: Int
        let value: Double
    }
}
