/// Room for rows of floats, row-major; a class, so that one matrix can be read while its neighbour is written.
package final class Matrix {
    package let columns: Int
    package private(set) var values: [Float]

    package init(rows: Int, columns: Int) {
        self.columns = columns
        values = [Float](repeating: 0, count: rows * columns)
    }

    /// Where the rows lie in `values`.
    package func indices(of rows: Range<Int>) -> Range<Int> {
        rows.lowerBound * columns..<rows.upperBound * columns
    }

    /// Changes the values of some of the rows in place.
    package func write<Result>(_ rows: Range<Int>, _ body: (inout MutableSpan<Float>) -> Result) -> Result {
        write(indices: indices(of: rows), body)
    }

    /// Changes some of the values in place. The array is taken out of the object meanwhile: a span of a class's stored
    /// property cannot outlive its access.
    package func write<Result>(indices: Range<Int>, _ body: (inout MutableSpan<Float>) -> Result) -> Result {
        var taken: [Float] = []
        swap(&taken, &values)
        defer { swap(&taken, &values) }
        var all = taken.mutableSpan
        var part = all._mutatingExtracting(indices)
        return body(&part)
    }

    package func fill(_ rows: Range<Int>, with value: Float) {
        write(rows) { span in
            for index in 0..<span.count { span[index] = value }
        }
    }
}
