/// One value of a document: small, and valid as long as anyone holds it.
package struct JSONElement: Sendable {
    package enum Kind: String, Sendable {
        case object, array, string, number, boolean, null

        /// As a sentence names one.
        package var noun: String {
            switch self {
            case .object, .array: "an \(rawValue)"
            case .string, .number, .boolean: "a \(rawValue)"
            case .null: rawValue
            }
        }
    }

    let document: JSONDocument
    let position: Int

    private var tape: Simdjson.Tape { document.tape }

    /// The position after this value.
    var end: Int { tape.next(after: position) }

    package var kind: Kind {
        switch tape.kind(at: position) {
        case .object: .object
        case .array: .array
        case .string: .string
        case .true, .false: .boolean
        case .null, .end: .null
        case .int64, .uint64, .double: .number
        }
    }

    package var isNull: Bool { kind == .null }

    package var double: Double? { kind == .number ? tape.double(at: position) : nil }

    /// The number if it is an integer that fits, however it is spelt: `10`, `10.0` and `1e1` are one number.
    package func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
        switch tape.kind(at: position) {
        case .int64: Integer(exactly: tape.int64(at: position))
        case .uint64: Integer(exactly: tape.uint64(at: position))
        case .double: Integer(exactly: tape.double(at: position))
        default: nil
        }
    }

    package var string: String? { kind == .string ? tape.string(at: position) : nil }

    package var bool: Bool? { kind == .boolean ? tape.kind(at: position) == .true : nil }

    /// What the array holds; nothing for any other kind.
    package var elements: some Sequence<JSONElement> {
        sequence(state: kind == .array ? tape.inside(position) : end) { [document, end] place -> JSONElement? in
            guard place < end, !document.tape.isEnd(place) else { return nil }
            defer { place = document.tape.next(after: place) }
            return JSONElement(document: document, position: place)
        }
    }

    /// What the object holds, in the order of the text; nothing for any other kind.
    package var members: some Sequence<(key: ByteText, value: JSONElement)> {
        sequence(state: kind == .object ? tape.inside(position) : end) {
            [document, end] place -> (key: ByteText, value: JSONElement)? in
            guard place < end, !document.tape.isEnd(place) else { return nil }
            let key = ByteText(document.tape.string(at: place))
            let value = JSONElement(document: document, position: document.tape.next(after: place))
            place = value.end
            return (key, value)
        }
    }

    package subscript(key: ByteText) -> JSONElement? { members.first { $0.key == key }?.value }

    /// A key as one token of a JSON Pointer (RFC 6901 section 3).
    package static func token(_ key: ByteText) -> String {
        var token = "/"
        for character in key.string.unicodeScalars {
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(character)
            }
        }
        return token
    }
}
