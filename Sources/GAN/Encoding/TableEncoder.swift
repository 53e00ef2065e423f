package import Formats
import Glibc

/// How columns of a table become the floats that networks work on, and back.
package struct TableEncoder: Sendable, Equatable, Codable {
    /// One column's map: encoded = (value − mean) / deviation.
    package struct Column: Sendable, Equatable, Codable {
        package var name: String
        package var mean: Double
        /// Zero for a column that is constant.
        package var deviation: Double
        /// Digits after the point that samples are rounded to.
        package var decimals: Int
    }

    package let columns: [Column]
    package let orientation: Table.Orientation

    /// Unit variance and zero mean for every column.
    init(standardizing table: Table) {
        orientation = table.orientation
        columns = table.columns.map { column in
            let (mean, deviation) = moments(column.values)
            return Column(
                name: column.name, mean: mean, deviation: deviation, decimals: Self.decimals(deviation: deviation))
        }
    }

    /// Values as they are.
    init(passing table: Table) {
        orientation = table.orientation
        columns = table.columns.map { Column(name: $0.name, mean: 0, deviation: 1, decimals: 7) }
    }

    /// Six to seven significant digits of a deviation: what single precision can tell apart.
    private static func decimals(deviation: Double) -> Int {
        guard deviation > 0 else { return 15 }
        return min(15, max(0, 6 - Int(floor(log10(deviation)))))
    }

    /// Rows of floats, row-major.
    ///
    /// - Throws: `schemaMismatch` where the columns are not those that were learned.
    package func encode(_ table: Table) throws(SpecificationError) -> [Float] {
        let positions = try positions(in: table)
        var encoded = [Float](repeating: 0, count: table.rowCount * columns.count)
        for (index, column) in columns.enumerated() {
            let values = table.columns[positions[index]].values
            for row in 0..<table.rowCount {
                encoded[row * columns.count + index] = Self.encode(values[row], column)
            }
        }
        return encoded
    }

    /// Farther than that no row has to be told apart, and no product of weights overflows.
    private static let limit: Float = 1e9

    private static func encode(_ value: Double, _ column: Column) -> Float {
        // Whatever differs from a constant is far away from it.
        guard column.deviation > 0 else {
            return value == column.mean
                ? 0 : value < column.mean ? -Self.limit : Self.limit
        }
        let encoded = (value - column.mean) / column.deviation
        return min(max(Float(encoded), -Self.limit), Self.limit)
    }

    /// Where in `table` the learned columns are: by name for records, else by position.
    private func positions(in table: Table) throws(SpecificationError) -> [Int] {
        guard table.columns.count == columns.count else {
            throw SpecificationError(
                .schemaMismatch, at: "/data",
                "the model knows \(columns.count) columns and the data have \(table.columns.count)")
        }
        guard table.orientation == .records else { return Array(columns.indices) }
        var positions: [Int] = []
        for column in columns {
            guard let position = table.columns.firstIndex(where: { $0.name == column.name }) else {
                throw SpecificationError(.schemaMismatch, at: "/data", "the column \(column.name) is missing")
            }
            positions.append(position)
        }
        return positions
    }

    /// A table of rows of floats.
    package func decode(_ values: Span<Float>) -> Table {
        let width = columns.count
        let rows = values.count / max(width, 1)
        var decoded: [Formats.Column] = []
        for (index, column) in columns.enumerated() {
            let power = pow(10, Double(column.decimals))
            var numbers = [Double](repeating: column.mean, count: rows)
            if column.deviation > 0 {
                for row in 0..<rows {
                    let number = column.mean + column.deviation * Double(values[row * width + index])
                    let scaled = number * power
                    // Beyond 2⁵³ every double is a whole number of these units already.
                    numbers[row] = abs(scaled) < 0x1p53 ? scaled.rounded() / power : number
                }
            }
            decoded.append(Formats.Column(name: column.name, values: numbers, decimals: column.decimals))
        }
        return Table(columns: decoded, orientation: orientation)
    }
}

/// Mean and standard deviation of the population, in two passes so that large values with a small spread keep it.
func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0) { $0 + $1 / count }
    let correction = values.reduce(0) { $0 + ($1 - mean) / count }
    let center = mean + correction
    let variance = values.reduce(0) { $0 + ($1 - center) * ($1 - center) / count }
    let deviation = variance.squareRoot()
    // Rounding alone gives a constant column a deviation of some units in the last place.
    return (center, deviation > 8 * center.ulp && deviation.isFinite ? deviation : 0)
}
