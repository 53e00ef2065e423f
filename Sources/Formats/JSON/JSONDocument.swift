/// A JSON text (RFC 8259), parsed and checked once: no repeated keys, no number beyond a Double.
package final class JSONDocument: Sendable {
    let tape: Simdjson.Tape

    package convenience init(_ bytes: [UInt8]) throws(FormatError) { try self.init(bytes.span) }

    package convenience init(_ bytes: Span<UInt8>) throws(FormatError) { try self.init(bytes, firstLine: 0) }

    /// - Parameter firstLine: the number of lines before the text, which errors count, too.
    convenience init(_ bytes: [UInt8], firstLine: Int) throws(FormatError) {
        try self.init(bytes.span, firstLine: firstLine)
    }

    private init(_ bytes: Span<UInt8>, firstLine: Int) throws(FormatError) {
        let text = bytes.extracting(droppingFirst: Self.start(of: bytes))
        guard !text.isEmpty else { throw FormatError(.invalidJSON, "the body is empty") }
        guard !text.indices.allSatisfy({ JSONSyntax.isSpace(text[$0]) }) else {
            throw FormatError(.invalidJSON, "the body is nothing but white space")
        }
        tape = try Self.parse(text, firstLine: firstLine)
        let repeated: Int?
        do throws(Simdjson.Tape.Refusal) {
            repeated = try tape.repeatedKey()
        } catch {
            throw Self.explain(error)
        }
        if let repeated {
            throw FormatError(.invalidJSON, at: pointer(toKey: repeated), "the object has this key twice")
        }
    }

    package var root: JSONElement { JSONElement(document: self, position: tape.root) }

    /// Where a text begins. RFC 8259 section 8.1: a byte order mark may be ignored.
    static func start(of bytes: Span<UInt8>) -> Int {
        bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    private static func parse(_ text: Span<UInt8>, firstLine: Int) throws(FormatError) -> Simdjson.Tape {
        do throws(Simdjson.Tape.Refusal) {
            return try Simdjson.Tape(parsing: text)
        } catch {
            guard error == .malformed else { throw explain(error) }
        }
        let widened = try widened(text, firstLine: firstLine)
        do throws(Simdjson.Tape.Refusal) {
            return try Simdjson.Tape(parsing: widened.span)
        } catch {
            throw explain(error)
        }
    }

    /// The text with its integers beyond 64 bits spelt as doubles. JavaScript and Python write such integers for large
    /// doubles; simdjson refuses them.
    private static func widened(_ text: Span<UInt8>, firstLine: Int) throws(FormatError) -> [UInt8] {
        var syntax = JSONSyntax()
        do throws(JSONSyntax.Fault) {
            try syntax.check(text)
        } catch {
            throw FormatError(
                .invalidJSON, "\(place(of: error.offset, in: text, firstLine: firstLine)): \(error.detail)")
        }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 2 * syntax.wideIntegers.count)
        var start = 0
        for end in syntax.wideIntegers {
            for index in start..<end { result.append(text[index]) }
            result += Array("e0".utf8)
            start = end
        }
        for index in start..<text.count { result.append(text[index]) }
        return result
    }

    private static func explain(_ refusal: Simdjson.Tape.Refusal) -> FormatError {
        let detail =
            switch refusal {
            case .malformed: "the text is not JSON"
            case .tooDeep: "arrays and objects are nested more than 1000 deep"
            case .tooLarge: "the text is longer than 4 GiB"
            case .outOfMemory: "the text is too long for the memory there is"
            }
        return FormatError(.invalidJSON, detail)
    }

    /// Why a text is not JSON.
    static func fault(in text: Span<UInt8>) -> FormatError {
        fault(in: text.extracting(droppingFirst: start(of: text)), from: start(of: text), of: text)
    }

    /// Why a part is not JSON that stands at `start` of a text, or almost: the bracket before its first byte may be
    /// another byte there.
    static func fault(in part: Span<UInt8>, from start: Int, of text: Span<UInt8>) -> FormatError {
        var syntax = JSONSyntax()
        do throws(JSONSyntax.Fault) {
            try syntax.check(part)
        } catch {
            let mark = Self.start(of: text)
            let place = place(of: start + error.offset - mark, in: text.extracting(droppingFirst: mark), firstLine: 0)
            return FormatError(.invalidJSON, "\(place): \(error.detail)")
        }
        return explain(.malformed)
    }

    private static func place(of offset: Int, in text: Span<UInt8>, firstLine: Int) -> String {
        var line = 1 + firstLine
        var lineStart = 0
        for index in 0..<min(offset, text.count) where text[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return "line \(line), byte \(offset - lineStart + 1)"
    }

    private func pointer(toKey position: Int) -> String {
        var element = root
        var pointer = ""
        while true {
            if element.kind == .object {
                let member = element.members.first { $0.value.end > position }
                guard let member, member.value.position < position else {
                    return pointer + JSONElement.token(ByteText(tape.string(at: position)))
                }
                pointer += JSONElement.token(member.key)
                element = member.value
            } else {
                let index = element.elements.enumerated().first { $0.element.end > position }
                guard let index else { return pointer }
                pointer += "/\(index.offset)"
                element = index.element
            }
        }
    }
}
