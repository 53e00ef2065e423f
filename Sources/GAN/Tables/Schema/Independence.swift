import Formats
import Glibc

/// Which columns of a table of numbers show no sign that they depend on any other.
///
/// Pearson's χ² test of every pair, on eight bins of each column with as many rows each. Pairs only: columns that depend on
/// each other by threes pass.
struct Independence {
    private static let bins = 8
    /// With fewer rows the test sees little; more than the larger number tell it no more.
    private static let enough = 1_000
    private static let sufficient = 8_192
    /// Of more columns the pairs take too long.
    private static let maximumColumns = 64
    /// The quantile of N(0, 1) at 0.1 % from the top: one pair in a thousand is taken for a dependent one by chance.
    private static let rareness = 3.09

    /// For each column, whether it stands alone.
    let isAlone: [Bool]

    init(_ table: Table, within allowance: Allowance) throws(SpecificationError) {
        let count = table.columns.count
        guard count > 1, count <= Self.maximumColumns, table.rowCount >= Self.enough else {
            isAlone = [Bool](repeating: count == 1, count: count)
            return
        }
        let rows = evenSteps(min(table.rowCount, Self.sufficient), through: table.rowCount)
        let binned = table.columns.map { column in Self.bin(rows.map { column.values[$0] }) }
        var isAlone = [Bool](repeating: true, count: count)
        for first in 0..<count {
            try allowance.checkPreparing()
            for second in 0..<first where isAlone[first] || isAlone[second] {
                if Self.areDependent(binned[first], binned[second]) {
                    (isAlone[first], isAlone[second]) = (false, false)
                }
            }
        }
        self.isAlone = isAlone
    }

    /// The bin of each value: the quantiles below it.
    private static func bin(_ values: [Double]) -> [Int] {
        let sorted = values.sorted()
        let edges = (1..<bins).map { sorted[$0 * sorted.count / bins] }
        return values.map { value in edges.partitionIndex { $0 > value } }
    }

    /// Whether rows are spread over the pairs of bins otherwise than by chance (χ² by Wilson & Hilferty 1931).
    private static func areDependent(_ a: [Int], _ b: [Int]) -> Bool {
        var cells = [Double](repeating: 0, count: bins * bins)
        var (ofA, ofB) = ([Double](repeating: 0, count: bins), [Double](repeating: 0, count: bins))
        for (i, j) in zip(a, b) {
            cells[i * bins + j] += 1
            ofA[i] += 1
            ofB[j] += 1
        }
        var statistic = 0.0
        for i in 0..<bins {
            for j in 0..<bins where ofA[i] > 0 && ofB[j] > 0 {
                let expected = ofA[i] * ofB[j] / Double(a.count)
                statistic += (cells[i * bins + j] - expected) * (cells[i * bins + j] - expected) / expected
            }
        }
        let freedom = Double((ofA.count { $0 > 0 } - 1) * (ofB.count { $0 > 0 } - 1))
        guard freedom > 0 else { return false }
        let spread = 2 / (9 * freedom)
        return cbrt(statistic / freedom) > 1 - spread + rareness * spread.squareRoot()
    }
}
