/// Bytes that are read and not yet used.
struct InputBuffer {
    /// Bytes of one read at most, and all that the server keeps for a client between its turns.
    static let capacity = 64 * 1024

    private(set) var bytes = [UInt8](repeating: 0, count: capacity)
    private(set) var start = 0
    private(set) var end = 0

    var isEmpty: Bool { start == end }
    var count: Int { end - start }
    var unused: ArraySlice<UInt8> { bytes[start..<end] }

    /// Counts bytes as used.
    mutating func skip(_ count: Int) {
        start += count
        if start == end { (start, end) = (0, 0) }
    }

    mutating func clear() { (start, end) = (0, 0) }

    /// Reads more bytes behind the unused ones.
    ///
    /// - Returns: the outcome, and whether the socket may have more.
    mutating func fill(from transport: borrowing Transport) -> (outcome: Socket.Outcome, mayHaveMore: Bool) {
        if start > 0 { restore(Array(unused)) }
        let result = transport.read(into: &bytes, from: end)
        if case .bytes(let count) = result.outcome { end += count }
        return result
    }

    /// Puts back the rest of an earlier turn.
    mutating func restore(_ rest: [UInt8]) {
        if !rest.isEmpty { bytes.replaceSubrange(0..<rest.count, with: rest) }
        (start, end) = (0, rest.count)
    }

    /// Takes out the unused bytes at the end of a turn.
    mutating func takeRest() -> [UInt8] {
        defer { clear() }
        return isEmpty ? [] : Array(unused)
    }
}
