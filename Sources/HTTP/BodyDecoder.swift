/// Takes a body out of the bytes that follow a head.
struct BodyDecoder {
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
    private var trailerBytes = 0
    private(set) var body: [UInt8] = []

    init(_ framing: Head.Framing, limits: Limits) {
        self.limits = limits
        switch framing {
        case .none: state = .done
        case .length(let length):
            state = .length(remaining: length)
            // A length is only a promise: room for a mebibyte is taken before the bytes come.
            body.reserveCapacity(min(length, 1 << 20))
        case .chunked: state = .chunkLine
        }
    }

    var isComplete: Bool { if case .done = state { true } else { false } }

    /// - Returns: how many of the bytes belong to this body.
    mutating func decode(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> Int {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch state {
            case .length(let remaining):
                let count = min(remaining, bytes.endIndex - index)
                body.append(contentsOf: bytes[index..<index + count])
                index += count
                state = count == remaining ? .done : .length(remaining: remaining - count)
            case .chunk(let remaining):
                let count = min(remaining, bytes.endIndex - index)
                guard body.count + count <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
                body.append(contentsOf: bytes[index..<index + count])
                index += count
                state = count == remaining ? .chunkEnd : .chunk(remaining: remaining - count)
            case .chunkLine, .chunkEnd, .trailers:
                if let line = try line(bytes[index], limit: lineLimit) { try finish(line) }
                index += 1
            case .done: return index - bytes.startIndex
            }
        }
        return index - bytes.startIndex
    }

    private var lineLimit: Int {
        switch state {
        case .chunkEnd: 0
        case .trailers: limits.trailerBytes
        default: limits.chunkLineBytes
        }
    }

    /// Collects a line that ends in CR LF; returns it without them once it is whole.
    private mutating func line(_ byte: UInt8, limit: Int) throws(Refusal) -> [UInt8]? {
        if byte == UInt8(ascii: "\n") {
            guard line.last == UInt8(ascii: "\r") else { throw .malformed("a line of the body must end in CR LF") }
            line.removeLast()
            defer { line = [] }
            return line
        }
        guard line.last != UInt8(ascii: "\r") else { throw .malformed("a line of the body holds a bare CR") }
        line.append(byte)
        guard line.count <= limit + 1 else { throw .malformed("a line of the body is too long") }
        return nil
    }

    private mutating func finish(_ line: [UInt8]) throws(Refusal) {
        switch state {
        case .chunkLine:
            let size = try chunkSize(line)
            state = size == 0 ? .trailers : .chunk(remaining: size)
        case .chunkEnd:
            guard line.isEmpty else { throw .malformed("a chunk is longer than announced") }
            state = .chunkLine
        case .trailers:
            trailerBytes += line.count
            guard trailerBytes <= limits.trailerBytes else { throw .headTooLarge }
            // RFC 9112 §7.1.2: trailers may be discarded, but must be field lines.
            if line.isEmpty {
                state = .done
            } else {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(isToken)
                else { throw .malformed("a trailer is not a field line") }
            }
        case .length, .chunk, .done: break
        }
    }

    /// RFC 9112 §7.1: hexadecimal digits, then extensions, which are passed over.
    private func chunkSize(_ line: [UInt8]) throws(Refusal) -> Int {
        var digits = line[...]
        if let semicolon = line.firstIndex(of: UInt8(ascii: ";")) {
            digits = line[..<semicolon]
            while let last = digits.last, last == 0x20 || last == 0x09 { digits.removeLast() }
            guard line[semicolon...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .malformed("a chunk extension holds a control character")
            }
        }
        guard !digits.isEmpty, digits.allSatisfy(isHexDigit) else { throw .malformed("a chunk size is not a number") }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size <= limits.bodyBytes else {
            throw .bodyTooLarge(limit: limits.bodyBytes)
        }
        return size
    }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
}
