/// The cells of the tables that a row has one of each in: of every two parts, and of every three two of which are as good as
/// yes or no, a table as large as their bins make it.
struct JointCells {
    private struct Cells {
        /// The first of them.
        let start: Int
        /// The parts; a pair's third one is that which all rows have alike.
        let parts: (Int, Int, Int)
        /// The bins of the second and the third part.
        let binCounts: (Int, Int)
    }

    private let parts: [JointOdds.Part]
    private let tables: [Cells]
    /// Of all tables together.
    let count: Int
    var tableCount: Int { tables.count }

    private static let maximumTriples = 1_000

    init(_ parts: [JointOdds.Part]) {
        self.parts = parts
        let binCounts = parts.map(\.binCount) + [1]
        let same = parts.count
        var chosen: [(Int, Int, Int)] = []
        var triples = chosen
        for i in parts.indices {
            for j in 0..<i {
                chosen.append((i, j, same))
                // Two values, and none of them.
                for k in 0..<j where [i, j, k].count(where: { binCounts[$0] <= 3 }) >= 2 { triples.append((i, j, k)) }
            }
        }
        if triples.count <= Self.maximumTriples { chosen += triples }
        var count = 0
        tables = chosen.map { i, j, k in
            defer { count += binCounts[i] * binCounts[j] * binCounts[k] }
            return Cells(start: count, parts: (i, j, k), binCounts: (binCounts[j], binCounts[k]))
        }
        self.count = count
    }

    /// How many bins a row has: those of its parts, and the one that all have alike.
    private var binsPerRow: Int { parts.count + 1 }

    func rowCount(_ bins: [UInt16]) -> Int { bins.count / binsPerRow }

    /// The bins of encoded rows, row-major.
    func bins(_ rows: [Float], width: Int) -> [UInt16] {
        var bins: [UInt16] = []
        bins.reserveCapacity(rows.count / width * binsPerRow)
        for start in stride(from: 0, to: rows.count, by: width) {
            for part in parts { bins.append(part.bin(rows.span, at: start)) }
            bins.append(0)
        }
        return bins
    }

    /// The log-odds that each of the rows is real rather than generated: the sum of the weights of its cells, and of the
    /// last, which is all rows'.
    func logits(_ bins: [UInt16], weights: [Float]) -> [Float] {
        (0..<rowCount(bins)).map { logit(bins.span, row: $0, weights: weights.span) }
    }

    func logit(_ bins: Span<UInt16>, row: Int, weights: Span<Float>) -> Float {
        var sum = weights[count]
        forEach(bins, row: row) { sum += weights[$0] }
        return sum
    }

    @inline(__always)
    func forEach(_ bins: Span<UInt16>, row: Int, _ body: (_ cell: Int) -> Void) {
        let bins = bins.extracting(row * binsPerRow..<(row + 1) * binsPerRow)
        for table in tables {
            let (i, j, k) = (Int(bins[table.parts.0]), Int(bins[table.parts.1]), Int(bins[table.parts.2]))
            body(table.start + (i * table.binCounts.0 + j) * table.binCounts.1 + k)
        }
    }
}
