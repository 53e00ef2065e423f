/// The bytes of a safetensors file, piece by piece: a whole one would be as large as the values once more.
package struct SafetensorsPieces {
    private let header: [UInt8]
    private let tensors: [Safetensors.Tensor]

    /// The longest piece but the header: what one reader of it brings into the cache is there for the next.
    private static let longest = 1 << 18

    init(_ file: Safetensors) {
        header = SafetensorsHeader.encoded(tensors: file.tensors, metadata: file.metadata)
        tensors = file.tensors
    }

    /// How long the file is.
    package var byteCount: Int {
        header.count + tensors.reduce(0) { $0 + $1.values.count * $1.values.width }
    }

    /// Calls `body` with one piece of the file after another.
    package func forEach<Failure>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
        unsafe try body(header.span.bytes)
        for tensor in tensors {
            switch tensor.values {
            case .float32(let values): unsafe try Self.cut(values.span.bytes, body)
            case .float64(let values): unsafe try Self.cut(values.span.bytes, body)
            case .uint8(let values): unsafe try Self.cut(values.span.bytes, body)
            }
        }
    }

    /// The format has the least byte of a value first, as the memory of every processor that this runs on has it.
    private static func cut<Failure>(
        _ bytes: RawSpan, _ body: (RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(1.littleEndian == 1, "files are written as they are in memory")
        for start in stride(from: 0, to: bytes.byteCount, by: longest) {
            try body(bytes.extracting(start..<min(start + longest, bytes.byteCount)))
        }
    }
}

extension Safetensors {
    /// The file to write, whose header is encoded here, once.
    package var pieces: SafetensorsPieces { SafetensorsPieces(self) }

    /// The whole file.
    package func encoded() -> [UInt8] {
        let pieces = pieces
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces.byteCount)
        pieces.forEach { piece in unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        return bytes
    }
}
