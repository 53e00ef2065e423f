/// The numeric reading of a CSV field.
enum CSVNumber {
    /// A text that is longer is no number of anybody's, unless it is one that is read as it stands.
    private static let longest = 65_536

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// Without the blanks around it.
    @inline(__always)
    static func trim(_ range: Range<Int>, in bytes: Span<UInt8>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(bytes[start]) { start += 1 }
        while start < end, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// The number that the field is; `nil` if it is none, or none that is finite.
    @inline(__always)
    static func value(of range: Range<Int>, in bytes: Span<UInt8>) -> Double? {
        var text = trim(range, in: bytes)
        if text.count > 1, bytes[text.lowerBound] == UInt8(ascii: "+"), bytes[text.lowerBound + 1] != UInt8(ascii: "-")
        {
            text = text.lowerBound + 1..<text.upperBound
        }
        return Simdjson.number(bytes.extracting(text))
    }

    /// Whether a spreadsheet or a program wrote it for a number that it did not have.
    static func isNotFinite(_ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        let text = trim(range, in: bytes)
        // The longest is "-infinity"; a number beyond all bounds may be longer, within reason.
        guard text.count <= longest, let value = Double(String(decoding: text.map { bytes[$0] }, as: UTF8.self)) else {
            return false
        }
        return !value.isFinite
    }

    /// Whether the field would be a number with a point in the place of its comma.
    static func hasDecimalComma(_ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        let text = trim(range, in: bytes)
        guard text.count <= 32, text.filter({ bytes[$0] == UInt8(ascii: ",") }).count == 1 else { return false }
        let pointed = text.map { bytes[$0] == UInt8(ascii: ",") ? UInt8(ascii: ".") : bytes[$0] }
        return value(of: 0..<pointed.count, in: pointed.span) != nil
    }
}
