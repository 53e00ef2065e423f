import Formats

/// The combinations of columns' texts as the texts of one column.
struct Combinations {
    let column: Column
    /// By the text of a combination: the value of each column.
    let parts: [ByteText: [Double]]

    init(_ columns: [Column]) {
        var codes = [Int](repeating: 0, count: columns.first?.values.count ?? 0)
        var parts: [[Double]] = [[]]
        for column in columns {
            var known: [Pair: Int] = [:]
            var longer: [[Double]] = []
            for (row, value) in column.values.enumerated() {
                let pair = Pair(code: codes[row], value: value.isNaN ? -1 : value)
                if let code = known[pair] {
                    codes[row] = code
                } else {
                    known[pair] = longer.count
                    longer.append(parts[codes[row]] + [value])
                    codes[row] = longer.count - 1
                }
            }
            parts = longer
        }
        // Lengths keep apart what would else read the same.
        let texts = parts.map { values in
            let parts = zip(values, columns).map { value, column in
                guard !value.isNaN, let text = column.texts?[Int(value)] else { return "-" }
                return "\(text.utf8.count):\(text)"
            }
            return ByteText(parts.joined())
        }
        column = Column(name: "", values: codes.map(Double.init), texts: texts)
        self.parts = Dictionary(zip(texts, parts), uniquingKeysWith: { first, _ in first })
    }

    private struct Pair: Hashable {
        let code: Int
        let value: Double
    }
}
