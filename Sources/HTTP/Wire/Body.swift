/// A request's body: bytes in memory or, of a long one, a file that is mapped.
package struct Body: Sendable {
    private enum Storage: Sendable {
        case bytes([UInt8])
        case file(MappedFile)
    }

    private let storage: Storage
    /// Bytes as the client sent them, compressed where it did that.
    package let received: Int
    /// The room that the body takes until it is gone.
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

    /// Lets the memory of bytes go that are in a file, too, and are read from there again where they are wanted.
    package func release(_ range: Range<Int>) {
        if case .file(let file) = storage { file.release(range) }
    }

    /// The first byte that is wanted.
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
