package import Formats
import Glibc

/// How alike a real and a synthetic table are, column by column and pair by pair, as SDMetrics' QualityReport (0.29)
/// defines it: 1 is alike, 0 is not.
package struct QualityReport: Sendable {
    package struct Shape: Sendable {
        package let column: String
        /// 1 less the Kolmogorov-Smirnov distance of numbers, or the total variation of categories; NaN where a table has
        /// no value in the column.
        package let score: Double
    }

    package struct Trend: Sendable {
        package let first: String
        package let second: String
        /// 1 less half the difference of two columns' correlations, or the total variation of their joint table.
        package let score: Double
    }

    package let shapes: [Shape]
    /// The pairs that hang together in the real table: a correlation beyond 0.5, or a Cramér's V beyond 0.3.
    package let trends: [Trend]

    package var shapesScore: Double { Self.mean(shapes.map(\.score)) }
    package var trendsScore: Double { Self.mean(trends.map(\.score)) }
    package var score: Double { Self.mean([shapesScore, trendsScore]) }

    private static let correlationThreshold = 0.5
    private static let associationThreshold = 0.3

    /// - Parameters:
    ///   - schema: of the real table; identifiers are left out.
    ///   - synthetic: a table of the same columns.
    package init(real: Table, synthetic: Table, schema: Schema) {
        let columns = zip(schema.columns, zip(real.columns, synthetic.columns)).compactMap { column, tables in
            ComparedColumn(column, real: tables.0, synthetic: tables.1)
        }
        shapes = columns.map { Shape(column: $0.name, score: $0.shape) }
        var trends: [Trend] = []
        for (index, first) in columns.enumerated() {
            for second in columns[(index + 1)...] {
                let score =
                    first.isNumeric && second.isNumeric
                    ? Self.correlation(first, second) : Self.contingency(first, second)
                if let score { trends.append(Trend(first: first.name, second: second.name, score: score)) }
            }
        }
        self.trends = trends
    }

    private static func correlation(_ first: ComparedColumn, _ second: ComparedColumn) -> Double? {
        let real = pearson(first.real, second.real)
        let synthetic = pearson(first.synthetic, second.synthetic)
        guard abs(real) > correlationThreshold, !synthetic.isNaN else { return nil }
        return 1 - abs(real - synthetic) / 2
    }

    /// Pearson's correlation of the rows that have both values; NaN where either is constant.
    private static func pearson(_ a: [Double], _ b: [Double]) -> Double {
        let rows = a.indices.filter { !a[$0].isNaN && !b[$0].isNaN }
        let count = Double(rows.count)
        let meanA = rows.reduce(0) { $0 + a[$1] } / count
        let meanB = rows.reduce(0) { $0 + b[$1] } / count
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for row in rows {
            let (x, y) = (a[row] - meanA, b[row] - meanB)
            ab += x * y
            aa += x * x
            bb += y * y
        }
        return aa > 0 && bb > 0 ? ab / (aa.squareRoot() * bb.squareRoot()) : .nan
    }

    private static func contingency(_ first: ComparedColumn, _ second: ComparedColumn) -> Double? {
        let width = second.codeCount
        func table(_ a: [Int], _ b: [Int]) -> [Double] {
            var counts = [Double](repeating: 0, count: first.codeCount * width)
            for (x, y) in zip(a, b) { counts[x * width + y] += 1 }
            return counts
        }
        let real = table(first.realCodes, second.realCodes)
        guard cramersV(real, width: width) > associationThreshold else { return nil }
        let synthetic = table(first.syntheticCodes, second.syntheticCodes)
        let (n, m) = (Double(first.realCodes.count), Double(first.syntheticCodes.count))
        return 1 - zip(real, synthetic).reduce(0) { $0 + abs($1.0 / n - $1.1 / m) } / 2
    }

    /// Cramér's V without correction, of the rows and columns that have anything; NaN where there are fewer than two.
    private static func cramersV(_ counts: [Double], width: Int) -> Double {
        let height = counts.count / width
        var rows = [Double](repeating: 0, count: height)
        var columns = [Double](repeating: 0, count: width)
        for (index, count) in counts.enumerated() {
            rows[index / width] += count
            columns[index % width] += count
        }
        let total = rows.reduce(0, +)
        var chiSquared = 0.0
        for (index, count) in counts.enumerated() {
            let expected = rows[index / width] * columns[index % width] / total
            if expected > 0 { chiSquared += (count - expected) * (count - expected) / expected }
        }
        let degrees = min(rows.filter { $0 > 0 }.count, columns.filter { $0 > 0 }.count) - 1
        return degrees > 0 ? (chiSquared / total / Double(degrees)).squareRoot() : .nan
    }

    /// The mean of what there is.
    private static func mean(_ values: [Double]) -> Double {
        let present = values.filter { !$0.isNaN }
        return present.isEmpty ? .nan : present.reduce(0, +) / Double(present.count)
    }
}
