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
    /// Bytes as they came, compressed where they are.
    private var received = 0
    private let share: BodyRoom.Share
    /// What of the share is not used yet.
    private var (spareMemory, spareFile) = (0, 0)

    /// Room is taken so much at a time; a body of less than that is in memory whatever else is.
    private static let (memoryStep, fileStep) = (64 * 1024, 1 << 24)
    /// What one turn may expand a body by, and the compressed bytes, which may become a thousand times as many, that are
    /// expanded between looks at that.
    private static let expandedBytesPerTurn = 1 << 20
    private static let compressedBytesPerStep = 1024

    init(_ head: Head, limits: Limits, room: BodyRoom) {
        self.limits = limits
        share = BodyRoom.Share(of: room)
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
            received += content.count
            try append(content)
            input.skip(used)
        }
        guard inflater?.isAtEnd ?? true else { throw .malformed("the compressed body is cut short") }
        return .complete
    }

    /// The body, once it is complete.
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

    /// Whether a piece may be kept in memory.
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
