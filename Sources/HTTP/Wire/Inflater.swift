// With Deflater, the only files that call zlib.
import CZlib

/// Decompresses gzip (RFC 1952), one member after another, as the bytes come.
@safe package final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private var window: [UInt8]
    /// Whether the last member is complete.
    package private(set) var isAtEnd = false

    package init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        window = [UInt8](repeating: 0, count: 64 * 1024)
        let status = unsafe inflateInit2_(stream, Gzip.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// - Parameter output: called with the decompressed bytes, at most 64 KiB at a time.
    package func inflate(
        _ input: ArraySlice<UInt8>, _ output: (ArraySlice<UInt8>) throws(Refusal) -> Void
    ) throws(Refusal) {
        var rest = input
        // After a full window zlib may hold more output.
        var isFull = false
        while !rest.isEmpty || isFull && !isAtEnd {
            if isAtEnd {
                unsafe inflateReset(stream)
                isAtEnd = false
            }
            let (used, made, status) = step(rest.prefix(Gzip.longestStep))
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw .malformed("the compressed body is not gzip, or damaged")
            }
            rest = rest.dropFirst(used)
            isFull = made == window.count
            isAtEnd = status == Z_STREAM_END
            try output(window[..<made])
        }
    }

    private func step(_ input: ArraySlice<UInt8>) -> (used: Int, made: Int, status: Int32) {
        unsafe input.withUnsafeBufferPointer { input in
            unsafe window.withUnsafeMutableBufferPointer { output in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                return unsafe (
                    input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out), status
                )
            }
        }
    }
}
