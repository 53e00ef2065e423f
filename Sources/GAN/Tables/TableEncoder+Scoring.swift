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
            let places = column.encoder.choice.count
            for start in stride(from: column.offset, to: rows.count, by: width) where !isMass(rows, start, places) {
                rows[start] = map.place(of: number.decode(NumberEncoder.Code(number: rows[start])))
            }
        }
    }

    /// Whether the scorer sees rows otherwise than the discriminator does.
    var hasOtherScoringRows: Bool { !quantileColumns.isEmpty }

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
        let given = try positions(in: table).map { table.columns[$0] }
        for (number, map, column) in quantileColumns {
            guard let index = columns.firstIndex(of: column) else { continue }
            var values = given[index].values
            if case .difference(let encoder, _) = column.encoder {
                values = zip(values, floors(of: column.encoder, in: given)).map { value, floor in
                    encoder.own.masses.contains(value) ? .nan : encoder.above(floor, value)
                }
            }
            for row in values.indices where !values[row].isNaN && !number.masses.contains(values[row]) {
                span[row * width + column.offset] = map.place(of: values[row])
            }
        }
        return rows
    }

    private var quantileColumns: [(number: NumberEncoder, map: QuantileMap, column: Column)] {
        columns.compactMap { column in
            let number: NumberEncoder
            switch column.encoder {
            case .number(let encoder): number = encoder
            case .difference(let encoder, nil): number = encoder.difference
            case .difference, .time, .category, .combination, .identifier, .sequence, .derived: return nil
            }
            guard case .quantile(let map) = number.map else { return nil }
            return (number, map, column)
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
