/// Takes the content of a body out of its framing: a length or chunks.
package struct BodyDecoder {
    private enum State {
        case length(remaining: Int)
        case chunkLine
        case chunk(remaining: Int)
        case chunkEnd
        case trailers
        case done
    }

    private let limits: Limits
    private var state: State
    private var line: [UInt8] = []
    private var contentBytes = 0
    private var extensionBytes = 0
    private var trailerBytes = 0

    package init(_ framing: Head.Framing, limits: Limits) {
        self.limits = limits
        state =
            switch framing {
            case .none: .done
            case .length(let length): .length(remaining: length)
            case .chunked: .chunkLine
            }
    }

    package var isComplete: Bool { if case .done = state { true } else { false } }

    /// Decodes up to the end of the next piece of content, or of the bytes.
    ///
    /// - Parameter bytes: the bytes that are not used yet.
    /// - Returns: the number of bytes used, and the content at their end.
    package mutating func next(
        _ bytes: ArraySlice<UInt8>
    ) throws(Refusal) -> (used: Int, content: ArraySlice<UInt8>) {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch state {
            case .length(let remaining), .chunk(let remaining):
                let content = bytes[index...].prefix(remaining)
                advance(past: content.count)
                return (content.endIndex - bytes.startIndex, content)
            case .chunkLine, .chunkEnd, .trailers:
                if try collect(bytes[index]) {
                    try finishLine()
                    line.removeAll(keepingCapacity: true)
                }
                index += 1
            case .done: return (index - bytes.startIndex, [])
            }
        }
        return (index - bytes.startIndex, [])
    }

    private mutating func advance(past count: Int) {
        switch state {
        case .length(let remaining): state = count == remaining ? .done : .length(remaining: remaining - count)
        case .chunk(let remaining): state = count == remaining ? .chunkEnd : .chunk(remaining: remaining - count)
        case .chunkLine, .chunkEnd, .trailers, .done: break
        }
    }

    private var lineLimit: Int {
        switch state {
        case .chunkEnd: 0
        case .trailers: limits.trailerBytes
        default: limits.chunkLineBytes
        }
    }

    /// Adds a byte to a line, which ends in CR LF.
    ///
    /// - Returns: whether the line is complete; `line` then holds it without CR LF.
    private mutating func collect(_ byte: UInt8) throws(Refusal) -> Bool {
        if byte == UInt8(ascii: "\n") {
            guard line.last == UInt8(ascii: "\r") else { throw .malformed("a line of the body must end in CR LF") }
            line.removeLast()
            return true
        }
        guard line.last != UInt8(ascii: "\r") else { throw .malformed("a line of the body holds a bare CR") }
        line.append(byte)
        guard line.count <= lineLimit + 1 else { throw .malformed("a line of the body is too long") }
        return false
    }

    private mutating func finishLine() throws(Refusal) {
        switch state {
        case .chunkLine:
            let size = try chunkSize()
            state = size == 0 ? .trailers : .chunk(remaining: size)
        case .chunkEnd:
            guard line.isEmpty else { throw .malformed("a chunk is longer than announced") }
            state = .chunkLine
        case .trailers:
            guard !line.isEmpty else {
                state = .done
                return
            }
            trailerBytes += line.count
            guard trailerBytes <= limits.trailerBytes else { throw .headTooLarge }
            // RFC 9112 §7.1.2: trailers may be discarded, but must be field lines.
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(isToken),
                line[colon...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw .malformed("a trailer is not a field line") }
        case .length, .chunk, .done: break
        }
    }

    /// RFC 9112 §7.1: hexadecimal digits, then extensions, which are checked and ignored.
    private mutating func chunkSize() throws(Refusal) -> Int {
        let end = line.firstIndex { hexDigit($0) == nil } ?? line.count
        guard end > 0 else { throw .malformed("a chunk size is not a number") }
        extensionBytes += line.count - end
        guard extensionBytes <= limits.chunkExtensionBytes else { throw .headTooLarge }
        guard isChunkExtensions(line[end...]) else { throw .malformed("a chunk extension is malformed") }
        guard let size = Int(String(decoding: line[..<end], as: UTF8.self), radix: 16),
            size <= limits.bodyBytes - contentBytes
        else { throw .bodyTooLarge(limit: limits.bodyBytes) }
        contentBytes += size
        return size
    }
}

/// RFC 9112 §7.1.1: `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`.
private func isChunkExtensions(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    func skipBlanks() { rest = rest.drop(while: isBlank) }
    func takeToken() -> Bool {
        let count = rest.prefix(while: isToken).count
        rest = rest.dropFirst(count)
        return count > 0
    }
    func takeQuoted() -> Bool {
        guard rest.popFirst() == UInt8(ascii: "\"") else { return false }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped >= 0x20 || escaped == 0x09 else { return false }
            default: guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { return false }
            }
        }
        return false
    }
    while !rest.isEmpty {
        skipBlanks()
        guard rest.popFirst() == UInt8(ascii: ";") else { return false }
        skipBlanks()
        guard takeToken() else { return false }
        let end = rest
        skipBlanks()
        guard rest.first == UInt8(ascii: "=") else {
            rest = end
            continue
        }
        rest.removeFirst()
        skipBlanks()
        guard rest.first == UInt8(ascii: "\"") ? takeQuoted() : takeToken() else { return false }
    }
    return true
}
