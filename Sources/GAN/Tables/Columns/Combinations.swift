import Formats

/// The combinations of columns' texts as the texts of one column.
struct Combinations {
    /// The texts of all the columns as one.
    let column: Column
    let columns: [Column]
    /// By the text of a combination: the first row that has it.
    private let rows: [ByteText: Int]

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
            let parts = columns.map { column in
                let value = column.values[row]
                guard !value.isNaN, let text = column.texts?[Int(value)] else { return "-" }
                return "\(text.utf8.count):\(text)"
            }
            return ByteText(parts.joined())
        }
        column = Column(name: "", values: codes.map(Double.init), texts: texts)
        rows = Dictionary(zip(texts, firsts), uniquingKeysWith: { first, _ in first })
    }

    /// The value of each column in a combination; none where there is no such combination.
    func values(of text: ByteText) -> [Double] { rows[text].map { row in columns.map { $0.values[row] } } ?? [] }

    private struct Pair: Hashable {
        let code: Int
        let value: Double
    }
}
