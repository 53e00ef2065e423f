import Formats
import Glibc

/// Rows as the scorer sees them: as wide as encoded ones, but numbers that are encoded by their quantiles stand by their
/// values. Codes tell how many rows lie below a value, and so not how far it is from all of them, or in a gap between two.
extension TableEncoder {
    /// Overwrites the quantile codes of encoded rows with the places of the values that they stand for.
    ///
    /// - Parameter rows: encoded, row-major.
    func convertToScoring(_ rows: inout MutableSpan<Float>) {
        for (number, map, column) in quantileColumns {
            for start in stride(from: column.offset, to: rows.count, by: width) where !isMass(rows, start, number) {
                rows[start] = map.place(of: number.decode(NumberEncoder.Code(number: rows[start])))
            }
        }
    }

    /// Encoded rows of a table as the scorer sees them: values outside what was learned keep their distance.
    func scoringRows(_ encoded: [Float], of table: Table) throws(SpecificationError) -> [Float] {
        var rows = encoded
        let positions = try positions(in: table)
        for (number, map, column) in quantileColumns {
            guard let index = columns.firstIndex(of: column) else { continue }
            let values = table.columns[positions[index]].values
            var span = rows.mutableSpan
            for row in values.indices where !values[row].isNaN && !number.masses.contains(values[row]) {
                span[row * width + column.offset] = map.place(of: values[row])
            }
        }
        return rows
    }

    private var quantileColumns: [(number: NumberEncoder, map: QuantileMap, column: Column)] {
        columns.compactMap { column in
            guard case .number(let number) = column.encoder, case .quantile(let map) = number.map else { return nil }
            return (number, map, column)
        }
    }

    /// Whether the largest of the column's places says that the value is a point mass or missing.
    private func isMass(_ rows: borrowing MutableSpan<Float>, _ start: Int, _ number: NumberEncoder) -> Bool {
        guard number.places > 1 else { return false }
        for place in 1..<number.places where rows[start + 1 + place] > rows[start + 1] { return true }
        return false
    }
}

extension QuantileMap {
    /// How far from the middle of the column a value is, in spreads, with long tails drawn in.
    fileprivate func place(of value: Double) -> Float {
        let last = Double(knots.count - 1)
        let (low, middle, high) = (knots[Int(0.16 * last)], knots[Int(0.5 * last)], knots[Int(0.84 * last)])
        let (half, whole) = ((high - low) / 2, (knots[knots.count - 1] - knots[0]) / 2)
        let spread = half > 0 ? half : whole > 0 ? whole : 1
        return Float(asinh((value - middle) / spread))
    }
}
