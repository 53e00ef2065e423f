import Formats
import Glibc

/// Rows as the scorer sees them: as wide as encoded ones, but numbers that are encoded by their quantiles stand by their
/// values. Codes tell how many rows lie below a value, and so not how far it is from all of them, or in a gap between two.
extension TableEncoder {
    /// Overwrites the quantile codes of encoded rows with the places of the values that they stand for.
    ///
    /// - Parameter rows: encoded, row-major.
    func convertToScoring(_ rows: inout MutableSpan<Float>) {
        for column in scaledColumns {
            let (number, map, offset, places) = (column.number, column.map, column.offset, column.places)
            for start in stride(from: offset, to: rows.count, by: width) where !isMass(rows, start, places) {
                rows[start] = map.place(of: number.decode(NumberEncoder.Code(number: rows[start])))
            }
        }
    }

    /// Whether the scorer sees rows otherwise than the discriminator does.
    var hasOtherScoringRows: Bool { !scaledColumns.isEmpty }

    /// Encoded rows as the scorer sees them.
    func scoringRows(_ encoded: [Float]) -> [Float] {
        guard hasOtherScoringRows else { return encoded }
        var rows = encoded
        var span = rows.mutableSpan
        convertToScoring(&span)
        return rows
    }

    /// Encoded rows as the scorer sees them, but for those at some places, which ascend.
    func scoringRows(
        _ encoded: CompactRows, without left: [Int], within allowance: Allowance
    ) throws(Allowance.Interruption) -> CompactRows {
        guard hasOtherScoringRows else { return encoded.without(left) }
        var rows = emptyRows
        rows.reserveCapacity(encoded.count - left.count)
        for block in encoded.blocks(without: left) {
            try allowance.check()
            rows.append(scoringRows(block))
        }
        return rows
    }

    /// Encoded rows of a table as the scorer sees them: values outside what was learned keep their distance.
    func scoringRows(_ encoded: [Float], of table: Table) throws(SpecificationError) -> [Float] {
        var rows = scoringRows(encoded)
        var span = rows.mutableSpan
        let input = try input(table)
        for column in scaledColumns {
            let values = input.coders[column.index].scaledNumbers(column.index, of: input)
            let (offset, map, masses) = (column.offset, column.map, column.number.masses)
            for (row, value) in values.enumerated() where !value.isNaN && !masses.contains(value) {
                span[row * width + offset] = map.place(of: value)
            }
        }
        return rows
    }

    /// Numbers that are encoded by their quantiles.
    private struct ScaledColumn {
        let index: Int
        let offset: Int
        /// Those of the choice behind each number.
        let places: Int
        let number: NumberEncoder
        let map: QuantileMap
    }

    private var scaledColumns: [ScaledColumn] {
        columns.enumerated().compactMap { index, column in
            guard let number = column.coder.scaled, case .quantile(let map) = number.map else { return nil }
            return ScaledColumn(
                index: index, offset: column.offset, places: column.coder.layout.places, number: number, map: map)
        }
    }

    /// Whether the largest of the column's places says that the value is a point mass or missing.
    private func isMass(_ rows: borrowing MutableSpan<Float>, _ start: Int, _ places: Int) -> Bool {
        guard places > 1 else { return false }
        for place in 1..<places where rows[start + 1 + place] > rows[start + 1] { return true }
        return false
    }
}

extension QuantileMap {
    /// How far from the middle of the column a value is, in spreads, with long tails drawn in.
    fileprivate func place(of value: Double) -> Float {
        let last = Double(knots.count - 1)
        let (low, middle, high) = (knots[Int(0.16 * last)], knots[Int(0.5 * last)], knots[Int(0.84 * last)])
        let (half, whole) = (halfway(low, high), halfway(knots[0], knots[knots.count - 1]))
        let spread = half > 0 ? half : whole > 0 ? whole : 1
        let distance = value - middle
        let place = distance.isFinite ? distance / spread : value / spread - middle / spread
        return Float(asinh(min(max(place, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)))
    }

    /// Half the way between two numbers, however far apart they are.
    private func halfway(_ low: Double, _ high: Double) -> Double {
        let way = high - low
        return way.isFinite ? way / 2 : high / 2 - low / 2
    }
}
