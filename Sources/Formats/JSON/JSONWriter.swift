/// Builds a JSON text (RFC 8259) by appending, with the commas where they belong.
package struct JSONWriter: Sendable {
    /// What has been written since the last `take()`.
    package private(set) var bytes: [UInt8] = []
    /// Whether a value has just ended, so that the next one needs a comma.
    private var needsComma = false

    package init() {}

    /// Hands over what there is, to send it while the rest is yet to be written.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    package mutating func object<Failure>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginObject()
        try body(&self)
        endObject()
    }

    package mutating func array<Failure>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginArray()
        try body(&self)
        endArray()
    }

    package mutating func beginObject() { begin("{") }
    package mutating func endObject() { end("}") }
    package mutating func beginArray() { begin("[") }
    package mutating func endArray() { end("]") }

    /// The value is what is written next.
    package mutating func key(_ name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func key(_ name: ByteText) { key(name.string) }

    /// Ends the line, behind the text.
    package mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

    package mutating func null() { literal("null") }

    package mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func value(_ value: some FixedWidthInteger) { literal(value.description) }

    /// `null` if it is not finite, for which JSON has no number.
    package mutating func value(_ value: Double, decimals: Int? = nil) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(value, decimals: decimals)
    }

    package mutating func value(_ value: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        guard value.utf8.contains(where: Self.isEscaped) else { return bytes += value.utf8 }
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case 0..<0x20: bytes += ((byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)).utf8
            default: bytes.append(byte)
            }
        }
    }

    package mutating func value(_ value: ByteText) { self.value(value.string) }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Members without a value are left out; `null()` writes one that is there and empty.
    package mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: ByteText?) { member(name, value?.string) }

    package mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        key(name)
        self.value(value)
    }

    package mutating func member<Integer: FixedWidthInteger>(_ name: String, _ value: Integer?) {
        guard let value else { return }
        key(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Double?, decimals: Int? = nil) {
        guard let value else { return }
        key(name)
        self.value(value, decimals: decimals)
    }

    private mutating func begin(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func end(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes += text.utf8
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
