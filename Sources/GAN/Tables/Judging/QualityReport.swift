package import Formats
import Glibc

/// How alike a real and a synthetic table are, column by column and pair by pair, as SDMetrics' QualityReport (0.29)
/// defines it: 1 is alike, 0 is not.
package struct QualityReport: Sendable {
    package struct Shape: Sendable {
        package let column: ByteText
        /// 1 less the Kolmogorov-Smirnov distance of numbers, or the total variation of categories; NaN where a table has
        /// no value in the column.
        package let score: Double
    }

    package struct Trend: Sendable {
        package let first: ByteText
        package let second: ByteText
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
    ///   - allowance: the time for all of it.
    package init(
        real: Table, synthetic: Table, schema: Schema, within allowance: Allowance = .unlimited
    ) throws(Allowance.Interruption) {
        var columns: [ComparedColumn] = []
        for (column, tables) in zip(schema.columns, zip(real.columns, synthetic.columns)) {
            try allowance.check()
            if let compared = ComparedColumn(column, real: tables.0, synthetic: tables.1) { columns.append(compared) }
        }
        shapes = columns.map { Shape(column: $0.name, score: $0.shape) }
        var trends: [Trend] = []
        for (index, first) in columns.enumerated() {
            for second in columns[(index + 1)...] {
                try allowance.check()
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
        let (a, b) = (measured(a), measured(b))
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

    /// Numbers in another unit where no double is their square.
    private static func measured(_ values: [Double]) -> [Double] {
        let largest = values.reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite, !(1e-100...1e100).contains(largest) else { return values }
        let unit = Double(sign: .plus, exponent: largest.exponent, significand: 1)
        return values.map { $0 / unit }
    }

    private static func contingency(_ first: ComparedColumn, _ second: ComparedColumn) -> Double? {
        let (height, width) = (first.codeCount, second.codeCount)
        let real = JointTable(first.realCodes, second.realCodes, height: height, width: width)
        guard real.cramersV > associationThreshold else { return nil }
        return 1 - real.difference(
            JointTable(first.syntheticCodes, second.syntheticCodes, height: height, width: width)) / 2
    }

    /// The mean of what there is.
    private static func mean(_ values: [Double]) -> Double {
        let present = values.filter { !$0.isNaN }
        return present.isEmpty ? .nan : present.reduce(0, +) / Double(present.count)
    }
}
