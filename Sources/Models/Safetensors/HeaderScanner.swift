/// Reads the JSON (RFC 8259) of a safetensors header: objects, strings and arrays of integers, and nothing else.
struct HeaderScanner {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Whether only white space is left.
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.endIndex
        }
    }

    /// An object; `member` reads the value of each key.
    mutating func object(
        _ member: (inout HeaderScanner, String) throws(Safetensors.Error) -> Void
    ) throws(Safetensors.Error) {
        try expect("{")
        if take("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while take(",")
        try expect("}")
    }

    mutating func integers() throws(Safetensors.Error) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if take("]") { return values }
        repeat { values.append(try integer()) } while take(",")
        try expect("]")
        return values
    }

    mutating func string() throws(Safetensors.Error) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw .invalidHeader("a string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            case ..<0x20: throw .invalidHeader("a control character in a string")
            default: text.append(byte)
            }
        }
        throw .invalidHeader("a string without end")
    }

    private mutating func integer() throws(Safetensors.Error) -> Int {
        skipSpace()
        let rest = bytes[position...]
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") }
        position += digits.count
        let text = String(decoding: digits, as: UTF8.self)
        // The text must be the number's only spelling: no leading zero, no minus zero.
        guard let value = Int(text), String(value) == text else { throw .invalidHeader("not an integer") }
        return value
    }

    private mutating func escape() throws(Safetensors.Error) -> Unicode.Scalar {
        guard position < bytes.endIndex else { throw .invalidHeader("a string without end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // What is no scalar is half of a surrogate pair: the other half must follow.
            guard unit < 0xdc00, bytes[position...].starts(with: "\\u".utf8) else {
                throw .invalidHeader("half of a surrogate pair")
            }
            position += 2
            let low = try codeUnit()
            guard (0xdc00...0xdfff).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
            else { throw .invalidHeader("half of a surrogate pair") }
            return scalar
        default: throw .invalidHeader("an unknown escape")
        }
    }

    private mutating func codeUnit() throws(Safetensors.Error) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 4, text.allSatisfy(\.isHexDigit), let unit = UInt32(text, radix: 16) else {
            throw .invalidHeader("an unknown escape")
        }
        position += 4
        return unit
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Safetensors.Error) {
        guard take(character) else { throw .invalidHeader("expected \(character) at byte \(position)") }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }
}
