/// A buffer for rows of floats, row-major; a class, so that one matrix can be read while another is written. The buffer
/// is aligned to the longest vectors, which makes loops faster.
///
/// A span of some rows must not be read while the same rows are written.
@safe
package final class Matrix {
    package let columns: Int
    private let storage: UnsafeMutableBufferPointer<Float>

    package init(rows: Int, columns: Int) {
        self.columns = columns
        let count = rows * columns
        let room = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
        unsafe storage = UnsafeMutableBufferPointer(
            start: room.initializeMemory(as: Float.self, repeating: 0, count: count), count: count)
    }

    deinit { unsafe storage.baseAddress?.deallocate() }

    package var span: Span<Float> {
        @_lifetime(borrow self) get {
            unsafe _overrideLifetime(Span(_unsafeElements: UnsafeBufferPointer(storage)), borrowing: self)
        }
    }

    /// A copy.
    package var values: [Float] { unsafe Array(storage) }

    /// Some of the rows.
    package subscript(_ rows: Range<Int>) -> Span<Float> {
        @_lifetime(borrow self) get { span.extracting(indices(of: rows)) }
    }

    /// The places of the rows in `span`.
    package func indices(of rows: Range<Int>) -> Range<Int> {
        rows.lowerBound * columns..<rows.upperBound * columns
    }

    /// Changes the values of some of the rows in place.
    package func write<Result>(_ rows: Range<Int>, _ body: (inout MutableSpan<Float>) -> Result) -> Result {
        write(indices: indices(of: rows), body)
    }

    /// Changes some of the values in place.
    package func write<Result>(indices: Range<Int>, _ body: (inout MutableSpan<Float>) -> Result) -> Result {
        precondition(indices.lowerBound >= 0 && indices.upperBound <= span.count)
        var part = unsafe MutableSpan(_unsafeElements: storage.extracting(indices))
        return body(&part)
    }

    package func fill(_ rows: Range<Int>, with value: Float) {
        write(rows) { span in
            for index in 0..<span.count { span[index] = value }
        }
    }
}
