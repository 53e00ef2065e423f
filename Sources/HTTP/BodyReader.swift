/// Reads one body: takes it out of its framing, expands it, keeps it within the limit, and moves it to a file where it is
/// long.
final class BodyReader {
    /// How far a turn came.
    enum Progress {
        case needsInput
        /// There is more to do with what is there, but it would take long: others come first.
        case needsTurn
        case complete
    }

    private let limits: Limits
    private var decoder: BodyDecoder
    private let inflater: Inflater?
    private var memory: [UInt8] = []
    private var file: SpoolFile?
    private var count = 0

    /// What one turn may expand a body by, and the compressed bytes, which may become a thousand times as many, that are
    /// expanded between looks at that.
    private static let expandedBytesPerTurn = 1 << 20
    private static let compressedBytesPerStep = 1024

    init(_ head: Head, limits: Limits) {
        self.limits = limits
        decoder = BodyDecoder(head.framing, limits: limits)
        inflater = head.coding == .gzip ? Inflater() : nil
        // A length is only a promise: room for a mebibyte is taken before the bytes come.
        if case .length(let length) = head.framing { memory.reserveCapacity(min(length, 1 << 20)) }
    }

    /// Uses what has been read.
    func read(from input: inout InputBuffer) throws(Refusal) -> Progress {
        let end = count + Self.expandedBytesPerTurn
        let step = inflater == nil ? InputBuffer.capacity : Self.compressedBytesPerStep
        while !decoder.isComplete {
            guard !input.isEmpty else { return .needsInput }
            guard count < end || inflater == nil else { return .needsTurn }
            let (used, content) = try decoder.next(input.unused.prefix(step))
            try append(content)
            input.skip(used)
        }
        guard inflater?.isAtEnd ?? true else { throw .malformed("the compressed body is cut short") }
        return .complete
    }

    /// The body, once it is complete.
    func body() throws(Refusal) -> Body {
        guard let file else { return Body(memory) }
        do throws(SocketError) { return Body(try file.map()) } catch { throw .diskFull }
    }

    private func append(_ content: ArraySlice<UInt8>) throws(Refusal) {
        guard let inflater else { return try store(content) }
        try inflater.inflate(content) { expanded throws(Refusal) in try store(expanded) }
    }

    private func store(_ content: ArraySlice<UInt8>) throws(Refusal) {
        count += content.count
        guard count <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
        do throws(SocketError) {
            if file == nil, count > limits.bodyBytesInMemory {
                file = try SpoolFile(folder: limits.spoolFolder)
                try file?.append(memory[...])
                memory = []
            }
            if let file { try file.append(content) } else { memory.append(contentsOf: content) }
        } catch {
            throw .diskFull
        }
    }
}
