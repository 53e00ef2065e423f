/// A request's body: bytes in memory or, if long, a mapped file.
package struct Body: Sendable {
    private enum Storage: Sendable {
        case bytes([UInt8])
        case file(MappedFile)
    }

    private let storage: Storage
    /// The number of bytes on the wire, before decompression.
    package let received: Int
    /// The body's share of the room, freed with the body.
    private let share: BodyRoom.Share?

    package init(_ bytes: [UInt8] = []) { self.init(bytes, received: bytes.count, share: nil) }

    init(_ bytes: [UInt8], received: Int, share: BodyRoom.Share?) {
        (storage, self.received, self.share) = (.bytes(bytes), received, share)
    }

    init(_ file: MappedFile, received: Int, share: BodyRoom.Share) {
        (storage, self.received, self.share) = (.file(file), received, share)
    }

    package var count: Int {
        switch storage {
        case .bytes(let bytes): bytes.count
        case .file(let file): file.count
        }
    }

    package var isEmpty: Bool { count == 0 }

    /// The bytes, wherever they are.
    package func withSpan<Result, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .bytes(let bytes): try body(bytes.span)
        case .file(let file): try file.withSpan(body)
        }
    }

    /// Frees the memory of bytes that are in a file; they are read from there again on use.
    package func release(_ range: Range<Int>) {
        if case .file(let file) = storage { file.release(range) }
    }

    /// The first byte that matches.
    package func first(where isWanted: (UInt8) -> Bool) -> UInt8? {
        withSpan { bytes in
            for index in bytes.indices where isWanted(bytes[index]) { return bytes[index] }
            return nil
        }
    }

    /// A copy of the bytes.
    package var bytes: [UInt8] {
        switch storage {
        case .bytes(let bytes): bytes
        case .file(let file): file.bytes
        }
    }
}
