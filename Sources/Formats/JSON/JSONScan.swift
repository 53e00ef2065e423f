/// Finds where the values of a JSON text begin and end. It trusts that the text is JSON: a parser of the parts that it finds
/// is to tell where it is not.
struct JSONScan {
    private(set) var position: Int

    init(from position: Int) { self.position = position }

    /// The byte that comes next, behind white space.
    mutating func next(in text: Span<UInt8>) -> UInt8? {
        while position < text.count, JSONSyntax.isSpace(text[position]) { position += 1 }
        return position < text.count ? text[position] : nil
    }

    /// Steps over the byte that comes next if it is this one.
    mutating func take(_ byte: UInt8, in text: Span<UInt8>) -> Bool {
        guard next(in: text) == byte else { return false }
        position += 1
        return true
    }

    /// Steps over a string, without a look at its escapes but for quotes.
    ///
    /// - Returns: where it stands, without its quotes; `nil` where there is none, or none that ends.
    mutating func string(in text: Span<UInt8>) -> Range<Int>? {
        guard take(UInt8(ascii: "\""), in: text) else { return nil }
        let start = position
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    /// Steps over a value; over nothing where there is none.
    ///
    /// - Returns: where it stands; `nil` where the text ends inside it.
    mutating func value(in text: Span<UInt8>) -> Range<Int>? {
        guard let first = next(in: text) else { return position..<position }
        let start = position
        switch first {
        case UInt8(ascii: "\""): return string(in: text) == nil ? nil : start..<position
        case UInt8(ascii: "["), UInt8(ascii: "{"): return bracketed(in: text) ? start..<position : nil
        default:
            while position < text.count, !Self.endsValue(text[position]) { position += 1 }
            return start..<position
        }
    }

    private mutating func bracketed(in text: Span<UInt8>) -> Bool {
        var depth = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                guard string(in: text) != nil else { return false }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return true }
        }
        return false
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || JSONSyntax.isSpace(byte)
    }
}
