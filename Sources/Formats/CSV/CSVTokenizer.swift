/// Cuts a CSV text (RFC 4180) into fields, and knows nothing of what they mean.
///
/// Lines end with LF, CRLF or CR. A text that ends without a newline ends its last record all the same.
struct CSVTokenizer {
    /// Where a field stands, without its quotes.
    struct Field {
        let range: Range<Int>
        let isQuoted: Bool
        let endsRecord: Bool

        /// All that there is of an empty line.
        var isEmptyLine: Bool { range.isEmpty && !isQuoted && endsRecord }
    }

    enum Fault: Error {
        /// Section 2.5: quotes are around a field or not in it at all.
        case strayQuote
        case textAfterQuote
        case unclosedQuote
    }

    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    let separator: UInt8
    private(set) var position: Int

    init(separator: UInt8, from position: Int) {
        self.separator = separator
        self.position = position
    }

    /// Tab, semicolon or comma, whichever of them in this order stands in the first line. Where decimals have a comma,
    /// fields have a semicolon; hence a comma counts only in the absence of the other two.
    static func separator(in bytes: Span<UInt8>, from start: Int) -> UInt8 {
        var isQuoted = false
        var hasSemicolon = false
        for index in start..<bytes.count {
            switch bytes[index] {
            case quote: isQuoted.toggle()
            case _ where isQuoted: break
            case UInt8(ascii: "\t"): return UInt8(ascii: "\t")
            case UInt8(ascii: ";"): hasSemicolon = true
            case lineFeed, carriageReturn: return UInt8(ascii: hasSemicolon ? ";" : ",")
            default: break
            }
        }
        return UInt8(ascii: hasSemicolon ? ";" : ",")
    }

    /// The next field; an empty one at the end of the bytes.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) throws(Fault) -> Field {
        let start = position
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn { break }
            if byte == Self.quote {
                guard end == start else { throw .strayQuote }
                return try quoted(in: bytes)
            }
            end += 1
        }
        return Field(range: start..<end, isQuoted: false, endsRecord: endField(at: end, in: bytes))
    }

    private mutating func quoted(in bytes: Span<UInt8>) throws(Fault) -> Field {
        let start = position + 1
        var end = start
        while end < bytes.count {
            if bytes[end] != Self.quote {
                end += 1
            } else if end + 1 < bytes.count, bytes[end + 1] == Self.quote {
                end += 2
            } else {
                break
            }
        }
        guard end < bytes.count else { throw .unclosedQuote }
        let after = end + 1
        if after < bytes.count {
            let byte = bytes[after]
            guard byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn else {
                throw .textAfterQuote
            }
        }
        return Field(range: start..<end, isQuoted: true, endsRecord: endField(at: after, in: bytes))
    }

    /// Steps over what ends a field; whether that ends the record too.
    @inline(__always)
    private mutating func endField(at end: Int, in bytes: Span<UInt8>) -> Bool {
        guard end < bytes.count else {
            position = end
            return true
        }
        position = end + 1
        if bytes[end] == separator { return false }
        if bytes[end] == Self.carriageReturn, position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
        return true
    }
}
