/// The part of space that a scorer was trained on: the data's range and as much again on either side. Rows outside are
/// scored as its border is.
package struct Box: Sendable, Equatable, Codable {
    package var lower: [Float]
    package var upper: [Float]

    /// - Parameter parts: encoded rows, row-major.
    init(around parts: some Sequence<[Float]>, width: Int) {
        lower = [Float](repeating: .greatestFiniteMagnitude, count: width)
        upper = [Float](repeating: -.greatestFiniteMagnitude, count: width)
        for rows in parts {
            for start in stride(from: 0, to: rows.count, by: width) {
                for column in 0..<width {
                    lower[column] = min(lower[column], rows[start + column])
                    upper[column] = max(upper[column], rows[start + column])
                }
            }
        }
        for column in 0..<width {
            let range = upper[column] - lower[column]
            let margin = range > 0 ? range : 1
            lower[column] -= margin
            upper[column] += margin
        }
    }

    /// Moves one row, which begins at `start`, into the box.
    func clamp(_ rows: inout MutableSpan<Float>, at start: Int) {
        for column in 0..<lower.count {
            rows[start + column] = min(max(rows[start + column], lower[column]), upper[column])
        }
    }
}
