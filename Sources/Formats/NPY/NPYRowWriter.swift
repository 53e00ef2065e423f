/// Writes a table of numbers as an array of numpy's .npy format: float64, a row after another; NaN for what is missing.
package struct NPYRowWriter: TableWriter {
    private let rowCount: Int
    private var isFirst = true

    /// - Parameter rowCount: the rows of all pieces together, which the header tells before them.
    package init(rowCount: Int) { self.rowCount = rowCount }

    package mutating func append(_ piece: Table, to bytes: inout [UInt8]) {
        if isFirst {
            let isFlat = piece.orientation == .numbers
            bytes += NPYHeader.encoded(shape: isFlat ? [rowCount] : [rowCount, piece.columns.count])
            isFirst = false
        }
        bytes.reserveCapacity(bytes.count + 8 * piece.rowCount * piece.columns.count)
        for row in 0..<piece.rowCount {
            for column in piece.columns {
                let bits = column.values[row].bitPattern
                for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * place))) }
            }
        }
    }
}
