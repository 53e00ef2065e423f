import Formats

/// A column of a real and of a synthetic table on common ground: numbers, and codes that stand for categories or bins.
struct ComparedColumn {
    let name: ByteText
    let isNumeric: Bool
    /// Numbers of numeric columns; NaN is missing.
    let real: [Double]
    let synthetic: [Double]
    /// Codes of every column; missing is a code, too.
    let realCodes: [Int]
    let syntheticCodes: [Int]
    let codeCount: Int

    /// - Returns: `nil` for identifiers, which there is nothing to compare of.
    init?(_ schema: Schema.Column, real: Column, synthetic: Column) {
        name = schema.name
        switch ColumnReading(schema, of: real) {
        case nil: return nil
        case .numbers(let format)?:
            isNumeric = true
            self.real = ColumnReading.numbers(real, format)
            self.synthetic = ColumnReading.numbers(synthetic, format)
            // Each table is binned by edges of its own, as SDMetrics does.
            realCodes = Self.bins(self.real)
            syntheticCodes = Self.bins(self.synthetic)
            codeCount = Self.binCount + 2
        case .texts?:
            isNumeric = false
            (self.real, self.synthetic) = ([], [])
            var codes: [ByteText: Int] = [:]
            for texts in [real.texts ?? [], synthetic.texts ?? []] {
                for text in texts where codes[text] == nil { codes[text] = codes.count }
            }
            let missing = codes.count
            func code(_ column: Column) -> [Int] {
                let places = (column.texts ?? []).map { codes[$0] ?? missing }
                return column.values.map { $0.isNaN ? missing : places[Int($0)] }
            }
            realCodes = code(real)
            syntheticCodes = code(synthetic)
            codeCount = missing + 1
        }
    }

    /// How alike the two distributions are, missing values left out.
    var shape: Double {
        guard isNumeric else {
            // The last code is what is missing.
            func shares(_ codes: [Int]) -> [Double]? {
                var counts = [Double](repeating: 0, count: codeCount - 1)
                for code in codes where code < codeCount - 1 { counts[code] += 1 }
                let total = counts.reduce(0, +)
                return total > 0 ? counts.map { $0 / total } : nil
            }
            guard let a = shares(realCodes), let b = shares(syntheticCodes) else { return .nan }
            return 1 - zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
        }
        let (a, b) = (real.filter { !$0.isNaN }, synthetic.filter { !$0.isNaN })
        return a.isEmpty || b.isEmpty ? .nan : 1 - TwoSample.kolmogorovSmirnov(a, b)
    }

    private static let binCount = 10

    /// Ten bins of equal width, counted from 1; the largest value and what is missing are in an eleventh.
    private static func bins(_ values: [Double]) -> [Int] {
        let present = values.lazy.filter { !$0.isNaN }
        guard var low = present.min(), var high = present.max() else { return values.map { _ in binCount + 1 } }
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        // As numpy's linspace computes its points.
        let step = (high - low) / Double(binCount)
        let edges = (0...binCount).map { edge in
            guard step.isFinite else { return (low...high).number(at: Double(edge) / Double(binCount)) }
            return edge == binCount ? high : Double(edge) * step + low
        }
        return values.map { value in
            guard !value.isNaN else { return binCount + 1 }
            return edges.reduce(0) { $0 + ($1 <= value ? 1 : 0) }
        }
    }
}
