// With Inflater, the only files that call zlib.
import CZlib

/// Compresses to gzip.
@safe package final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    package init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // The fastest level: rows of numbers shrink by half at every level, and the others take three times as long or
        // longer.
        let status = unsafe deflateInit2_(
            stream, Z_BEST_SPEED, Z_DEFLATED, Gzip.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// - Returns: all that a client needs to decompress the input so far; with `isLast`, also the trailer.
    package func deflate(_ input: [UInt8], isLast: Bool) -> [UInt8] {
        var rest = input[...]
        var compressed: [UInt8] = []
        while rest.count > Gzip.longestStep {
            compressed += deflate(rest.prefix(Gzip.longestStep), isLast: false)
            rest = rest.dropFirst(Gzip.longestStep)
        }
        let last = deflate(rest, isLast: isLast)
        return compressed.isEmpty ? last : compressed + last
    }

    private func deflate(_ input: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
        let bound = unsafe Int(deflateBound(stream, UInt(input.count))) + 64
        return unsafe input.withUnsafeBufferPointer { input in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                let status = unsafe CZlib.deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
                precondition(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "zlib failed")
                unsafe count = output.count - Int(stream.pointee.avail_out)
            }
        }
    }
}
