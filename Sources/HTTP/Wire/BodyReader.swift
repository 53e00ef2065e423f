/// Reads one body: decodes the framing, decompresses, enforces the limits, and moves a long body to a file.
final class BodyReader {
    /// The state at the end of a turn.
    enum Progress {
        case needsInput
        /// There is more to decompress, but other connections come first.
        case needsTurn
        case complete
    }

    private let limits: Limits
    private var decoder: BodyDecoder
    private let inflater: Inflater?
    private var memory: [UInt8] = []
    private var file: SpoolFile?
    private var count = 0
    /// Bytes of content before decompression.
    private var received = 0
    private let share: BodyRoom.Share
    /// Bytes of the share that are not used yet.
    private var (spareMemory, spareFile) = (0, 0)

    /// Bytes by which a share grows; a body shorter than `memoryStep` is always in memory.
    private static let (memoryStep, fileStep) = (64 * 1024, 1 << 24)
    /// Bytes that one turn may decompress to, and compressed bytes between checks of that: each may expand to a
    /// thousand.
    private static let expandedBytesPerTurn = 1 << 20
    private static let compressedBytesPerStep = 1024

    init(_ head: Head, limits: Limits, room: BodyRoom) {
        self.limits = limits
        share = BodyRoom.Share(of: room)
        decoder = BodyDecoder(head.framing, limits: limits)
        inflater = head.coding == .gzip ? Inflater() : nil
        // A length is only a promise: at most a mebibyte is reserved before the bytes come.
        if case .length(let length) = head.framing { memory.reserveCapacity(min(length, 1 << 20)) }
    }

    /// Reads the body on from the input.
    func read(from input: inout InputBuffer) throws(Refusal) -> Progress {
        let end = count + Self.expandedBytesPerTurn
        let step = inflater == nil ? InputBuffer.capacity : Self.compressedBytesPerStep
        while !decoder.isComplete {
            guard !input.isEmpty else { return .needsInput }
            guard count < end || inflater == nil else { return .needsTurn }
            let (used, content) = try decoder.next(input.unused.prefix(step))
            received += content.count
            try append(content)
            input.skip(used)
        }
        guard inflater?.isAtEnd ?? true else { throw .malformed("the compressed body is cut short") }
        return .complete
    }

    /// The complete body.
    func body() throws(Refusal) -> Body {
        guard let file else { return Body(memory, received: received, share: share) }
        do throws(SocketError) {
            return Body(try file.map(), received: received, share: share)
        } catch {
            throw .diskFull
        }
    }

    private func append(_ content: ArraySlice<UInt8>) throws(Refusal) {
        guard let inflater else { return try store(content) }
        try inflater.inflate(content) { expanded throws(Refusal) in try store(expanded) }
    }

    private func store(_ content: ArraySlice<UInt8>) throws(Refusal) {
        count += content.count
        guard count <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
        guard inflater == nil || count <= max(limits.expandedBytes, limits.expansion * received) else {
            throw .expandsTooFar(limit: limits.expansion)
        }
        if file == nil, !hasMemory(for: content.count) {
            file = try writing { () throws(SocketError) in try SpoolFile(folder: limits.spoolFolder) }
            try spool(memory[...])
            memory = []
            share.giveMemoryBack()
        }
        if file == nil { memory.append(contentsOf: content) } else { try spool(content) }
    }

    /// Whether a piece of the body may stay in memory.
    private func hasMemory(for bytes: Int) -> Bool {
        guard count <= limits.bodyBytesInMemory else { return false }
        spareMemory -= bytes
        guard spareMemory < 0, count > Self.memoryStep else { return true }
        let step = max(Self.memoryStep, bytes)
        guard share.takeMemory(step) else { return false }
        spareMemory += step
        return true
    }

    private func spool(_ bytes: ArraySlice<UInt8>) throws(Refusal) {
        guard let file else { return }
        spareFile -= bytes.count
        if spareFile < 0 {
            let step = max(Self.fileStep, bytes.count)
            guard share.takeFile(step) else { throw .overloaded }
            guard file.freeDiskBytes - step >= limits.freeDiskBytes else { throw .diskFull }
            spareFile += step
        }
        try writing { () throws(SocketError) in try file.append(bytes) }
    }

    private func writing<Result>(_ body: () throws(SocketError) -> Result) throws(Refusal) -> Result {
        do throws(SocketError) { return try body() } catch { throw .diskFull }
    }
}
