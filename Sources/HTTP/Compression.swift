// The only file that calls zlib.
import CZlib
import HTTPTypes
import Synchronization

/// Expands gzip (RFC 1952), one member after another, as the bytes come.
@safe package final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private var window: [UInt8]
    /// Whether the last member is whole.
    package private(set) var isAtEnd = false

    package init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        window = [UInt8](repeating: 0, count: 64 * 1024)
        let status = unsafe inflateInit2_(stream, gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// - Parameter output: gets what the bytes expand to, a piece of at most 64 KiB at a time.
    package func inflate(
        _ input: ArraySlice<UInt8>, _ output: (ArraySlice<UInt8>) throws(Refusal) -> Void
    ) throws(Refusal) {
        var rest = input
        // A full window may mean that more is waiting inside.
        var isFull = false
        while !rest.isEmpty || isFull && !isAtEnd {
            if isAtEnd {
                unsafe inflateReset(stream)
                isAtEnd = false
            }
            let (used, made, status) = step(rest.prefix(longestStep))
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

/// A window of 32 KiB, and the header and trailer of gzip.
private let gzipWindowBits: Int32 = 15 + 16

/// Bytes that zlib is given at once, which counts them in 32 bits.
private let longestStep = 1 << 30

/// Compresses to gzip.
@safe package final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    package init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // The fastest level: rows of numbers shrink by half at any, and the others take thrice the time and more.
        let status = unsafe deflateInit2_(
            stream, Z_BEST_SPEED, Z_DEFLATED, gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// - Returns: all that a client needs to expand what came so far; with `isLast`, also the trailer.
    package func deflate(_ input: [UInt8], isLast: Bool) -> [UInt8] {
        var rest = input[...]
        var compressed: [UInt8] = []
        while rest.count > longestStep {
            compressed += deflate(rest.prefix(longestStep), isLast: false)
            rest = rest.dropFirst(longestStep)
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

extension Response {
    /// Bodies of this many bytes or more are worth the work.
    private static let compressedFrom = 1024

    /// This answer, compressed where the client takes that and the body gains by it.
    func compressed(for request: Request, by compressor: Compressor) async -> Response {
        guard status.code != 304 else { return revalidated(for: request) }
        guard isCompressible else { return self }
        var answer = varying()
        guard acceptsGzip(request.fields[.acceptEncoding]) else { return answer }
        answer.fields[.contentEncoding] = "gzip"
        answer.weakenTag()
        switch body {
        case .bytes(let bytes): answer.body = .bytes(await compressor.compress(bytes))
        case .stream(let stream): answer.body = .stream(compressor.compressing(stream))
        }
        return answer
    }

    /// This 304 with what the 200 would have that it stands for (RFC 9110 §15.4.5).
    ///
    /// It does not know whether that one would be compressed, but the client does, which has its tag.
    private func revalidated(for request: Request) -> Response {
        var answer = varying()
        guard let tag = fields[.eTag], acceptsGzip(request.fields[.acceptEncoding]),
            request.fields[values: .ifNoneMatch].contains(where: { $0.contains("W/\(tag)") })
        else { return answer }
        answer.weakenTag()
        return answer
    }

    /// This answer, which says that others get another one.
    private func varying() -> Response {
        var answer = self
        answer.fields[.vary] = fields[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        return answer
    }

    /// The bytes are others than those that a strong tag was made for (RFC 9110 §8.8.1).
    private mutating func weakenTag() {
        if let tag = fields[.eTag], !tag.hasPrefix("W/") { fields[.eTag] = "W/\(tag)" }
    }

    /// Whether Accept-Encoding has a say in this answer: in a body that may be compressed, and in what a 304 says of one.
    var isNegotiable: Bool { status.code == 304 || isCompressible }

    /// Whether a body may be compressed: one that is long enough, of text, and not made of events that must not wait.
    private var isCompressible: Bool {
        if case .bytes(let bytes) = body, bytes.count < Self.compressedFrom { return false }
        guard fields[.contentEncoding] == nil, status.code != 204, status.code != 304, status.code != 206 else {
            return false
        }
        let type = (fields[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        return type != "text/event-stream"
            && (type.hasPrefix("text/") || type.hasSuffix("json") || type.hasSuffix("xml")
                || type == "application/javascript" || type == "application/x-ndjson")
    }
}

/// Compresses answers on a queue of its own, so that those of other connections go on meanwhile.
actor Compressor {
    nonisolated let executor = QueueExecutor(label: "gand.http.gzip")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// A stream's deflater, until the stream has ended.
    private final class Stream: Sendable {
        private let deflater = Mutex<Deflater?>(Deflater())

        func deflate(_ piece: [UInt8]?) -> [UInt8]? {
            deflater.withLock { deflater in
                defer { if piece == nil { deflater = nil } }
                return deflater?.deflate(piece ?? [], isLast: piece == nil)
            }
        }
    }

    func compress(_ bytes: [UInt8]) -> [UInt8] { Deflater().deflate(bytes, isLast: true) }

    nonisolated func compressing(_ stream: BodyStream) -> BodyStream {
        let state = Stream()
        var compressed = stream
        compressed.next = { await self.deflate(try await stream.next(), state) }
        return compressed
    }

    private func deflate(_ piece: [UInt8]?, _ state: Stream) -> [UInt8]? { state.deflate(piece) }
}

/// RFC 9110 §12.5.3: whether gzip has a quality above none, by its name or by the asterisk.
package func acceptsGzip(_ field: String?) -> Bool {
    var (named, any): (Double?, Double?) = (nil, nil)
    for member in (field ?? "").split(separator: ",") {
        let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        switch parts.first {
        case "gzip", "x-gzip": named = quality
        case "*": any = quality
        default: continue
        }
    }
    return named ?? any ?? 0 > 0
}
