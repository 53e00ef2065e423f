/// Reads a text that simdjson refused, slowly, to say where and why it stops being JSON (RFC 8259).
struct JSONSyntax {
    struct Fault: Error {
        let offset: Int
        let detail: String
    }

    /// Where integers end that are in order but do not fit 64 bits.
    private(set) var wideIntegers: [Int] = []
    private var position = 0

    /// Arrays and objects in one another, as many as the parser takes.
    private static let mostDeep = 1000

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\t")
    }

    mutating func check(_ text: Span<UInt8>) throws(Fault) {
        var closers: [UInt8] = []
        while true {
            guard closers.count <= Self.mostDeep else {
                throw fault("arrays and objects are nested more than \(Self.mostDeep) deep")
            }
            skipSpace(text)
            switch peek(text) {
            case UInt8(ascii: "{"):
                position += 1
                skipSpace(text)
                closers.append(UInt8(ascii: "}"))
                if peek(text) != UInt8(ascii: "}") {
                    try key(text)
                    continue
                }
            case UInt8(ascii: "["):
                position += 1
                skipSpace(text)
                closers.append(UInt8(ascii: "]"))
                if peek(text) != UInt8(ascii: "]") { continue }
            case UInt8(ascii: "\""): try string(text)
            case .some(let byte) where byte == UInt8(ascii: "-") || Self.isDigit(byte): try number(text)
            default: try literal(text)
            }
            if try !hasMore(text, &closers) { return }
        }
    }

    /// After a value: closes what closes, and goes to the next value if there is one.
    private mutating func hasMore(_ text: Span<UInt8>, _ closers: inout [UInt8]) throws(Fault) -> Bool {
        while true {
            skipSpace(text)
            guard let closer = closers.last else {
                guard position == text.count else { throw fault("there is more after the end of the value") }
                return false
            }
            let byte = peek(text)
            if byte == closer {
                closers.removeLast()
                position += 1
            } else if byte == UInt8(ascii: ",") {
                position += 1
                skipSpace(text)
                if closer == UInt8(ascii: "}") { try key(text) }
                return true
            } else if byte == nil {
                throw fault("the text ends inside \(closer == UInt8(ascii: "}") ? "an object" : "an array")")
            } else {
                throw fault("a comma or a closing \(closer == UInt8(ascii: "}") ? "brace" : "bracket") is missing")
            }
        }
    }

    private mutating func key(_ text: Span<UInt8>) throws(Fault) {
        guard peek(text) == UInt8(ascii: "\"") else { throw fault("a key in double quotes is missing") }
        try string(text)
        skipSpace(text)
        guard peek(text) == UInt8(ascii: ":") else { throw fault("a colon is missing after a key") }
        position += 1
    }

    /// Section 7.
    private mutating func string(_ text: Span<UInt8>) throws(Fault) {
        let start = position
        position += 1
        while let byte = peek(text), byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault("a control character in a string is not escaped") }
            if byte == UInt8(ascii: "\\") { try escape(text) } else { position += 1 }
        }
        guard position < text.count else {
            throw Fault(offset: start, detail: "the string that begins here has no end")
        }
        guard (try? UTF8Span(validating: text.extracting(start..<position))) != nil else {
            throw Fault(offset: start, detail: "the string that begins here is not valid UTF-8")
        }
        position += 1
    }

    private mutating func escape(_ text: Span<UInt8>) throws(Fault) {
        let start = position
        position += 1
        switch peek(text) {
        case UInt8(ascii: "u"):
            position += 1
            let first = try hexadecimal(text)
            guard 0xD800...0xDFFF ~= first else { return }
            guard first < 0xDC00, peek(text) == UInt8(ascii: "\\") else {
                throw Fault(offset: start, detail: "half of a surrogate pair stands alone")
            }
            position += 1
            guard peek(text) == UInt8(ascii: "u") else {
                throw Fault(offset: start, detail: "half of a surrogate pair stands alone")
            }
            position += 1
            guard 0xDC00...0xDFFF ~= (try hexadecimal(text)) else {
                throw Fault(offset: start, detail: "half of a surrogate pair stands alone")
            }
        case .some(let byte) where "\"\\/bfnrt".utf8.contains(byte): position += 1
        default: throw Fault(offset: start, detail: "there is no such escape")
        }
    }

    private mutating func hexadecimal(_ text: Span<UInt8>) throws(Fault) -> Int {
        var value = 0
        for _ in 0..<4 {
            guard let digit = peek(text).flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw fault("\\u is not followed by four hexadecimal digits")
            }
            value = value * 16 + digit
            position += 1
        }
        return value
    }

    /// Section 6.
    private mutating func number(_ text: Span<UInt8>) throws(Fault) {
        let start = position
        if peek(text) == UInt8(ascii: "-") { position += 1 }
        let leading = position
        try digits(text)
        if text[leading] == UInt8(ascii: "0"), position > leading + 1 {
            throw Fault(offset: start, detail: "a number begins with a zero too many")
        }
        var isInteger = true
        if peek(text) == UInt8(ascii: ".") {
            position += 1
            try digits(text)
            isInteger = false
        }
        if peek(text) == UInt8(ascii: "e") || peek(text) == UInt8(ascii: "E") {
            position += 1
            if peek(text) == UInt8(ascii: "+") || peek(text) == UInt8(ascii: "-") { position += 1 }
            try digits(text)
            isInteger = false
        }
        guard Simdjson.number(text.extracting(start..<position)) != nil else {
            throw Fault(offset: start, detail: "the number is too large for a 64-bit float")
        }
        // Nineteen digits may be too many for 64 bits.
        guard isInteger, position - leading >= 19 else { return }
        let spelling = String(decoding: (start..<position).map { text[$0] }, as: UTF8.self)
        if Int64(spelling) == nil, UInt64(spelling) == nil { wideIntegers.append(position) }
    }

    private mutating func digits(_ text: Span<UInt8>) throws(Fault) {
        let start = position
        while let byte = peek(text), Self.isDigit(byte) { position += 1 }
        guard position > start else { throw fault("a digit is missing") }
    }

    private mutating func literal(_ text: Span<UInt8>) throws(Fault) {
        let start = position
        while let byte = peek(text), Self.isLetter(byte) { position += 1 }
        let word = String(decoding: (start..<position).map { text[$0] }, as: UTF8.self)
        if ["true", "false", "null"].contains(word) { return }
        if ["nan", "infinity", "inf"].contains(word.lowercased()) {
            throw Fault(offset: start, detail: "JSON has no NaN and no infinity")
        }
        position = start
        throw fault(position == text.count ? "the text ends where a value is due" : "a value is missing")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    private func peek(_ text: Span<UInt8>) -> UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while let byte = peek(text), Self.isSpace(byte) { position += 1 }
    }

    private func fault(_ detail: String) -> Fault { Fault(offset: position, detail: detail) }
}
