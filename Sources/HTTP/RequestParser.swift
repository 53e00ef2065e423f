import HTTPTypes

/// The head of a request, and how its body is framed.
struct Head: Sendable, Equatable {
    enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    var method: HTTPRequest.Method
    var path: String
    var query: String
    var minorVersion: Int
    var fields: HTTPFields
    var framing: Framing
    var keepsAlive: Bool
    var expectsContinue: Bool
}

/// Turns bytes into the head of a request, as they come; strict where RFC 9112 lets a server choose.
///
/// The parser keeps how far it has looked. Call `parse` again with more bytes behind the same ones; after a head, `reset`.
struct RequestParser {
    let limits: Limits
    /// Where the next line begins and up to where there is no line end.
    private var lineStart = 0
    private var looked = 0
    private var headStart = 0
    private var lines: [Range<Int>] = []

    init(limits: Limits) { self.limits = limits }

    /// Whether no byte has been looked at since the last head.
    var isFresh: Bool { looked == 0 }

    mutating func reset() { self = RequestParser(limits: limits) }

    /// - Parameter bytes: all bytes of the request so far.
    /// - Returns: the head and where the body begins, or `nil` while the head is incomplete.
    mutating func parse(_ bytes: Span<UInt8>) throws(Refusal) -> (head: Head, end: Int)? {
        while looked < bytes.count {
            let byte = bytes[looked]
            looked += 1
            guard byte == UInt8(ascii: "\n") else { continue }
            // RFC 9112 §2.2 lets a bare LF end a line; two readings of one request are worse than a refusal.
            guard looked - lineStart >= 2, bytes[looked - 2] == UInt8(ascii: "\r") else {
                throw .malformed("a line must end in CR LF")
            }
            let line = lineStart..<looked - 2
            lineStart = looked
            if line.isEmpty {
                // RFC 9112 §2.2: empty lines before the request line are ignored.
                if lines.isEmpty {
                    guard looked <= 8 else { throw .malformed("the request line is missing") }
                    headStart = looked
                    continue
                }
                return (try head(bytes), looked)
            }
            lines.append(line)
            if lines.count > limits.fieldCount + 1 { throw .headTooLarge }
        }
        if lines.isEmpty, bytes.count - headStart > limits.targetBytes + 64 { throw .targetTooLong }
        if bytes.count - headStart > limits.headBytes { throw .headTooLarge }
        return nil
    }

    private func head(_ bytes: Span<UInt8>) throws(Refusal) -> Head {
        if looked - headStart > limits.headBytes { throw .headTooLarge }
        let (method, target, minorVersion) = try requestLine(bytes, lines[0])
        var fields = HTTPFields()
        fields.reserveCapacity(lines.count)
        for line in lines.dropFirst() { fields.append(try field(bytes, line)) }
        let (path, query) = try split(target, method: method)
        let framing = try framing(fields, minorVersion: minorVersion)
        try checkHost(fields, minorVersion: minorVersion)
        let connection = tokens(fields[values: .connection])
        let keepsAlive =
            minorVersion == 0 ? connection.contains("keep-alive") && framing != .chunked : !connection.contains("close")
        let expectation = fields[values: .expect]
        // RFC 9110 §10.1.1: a 1.0 client's expectation is ignored.
        guard minorVersion == 0 || expectation.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw .expectationFailed
        }
        return Head(
            method: method, path: path, query: query, minorVersion: minorVersion, fields: fields, framing: framing,
            keepsAlive: keepsAlive, expectsContinue: minorVersion > 0 && !expectation.isEmpty)
    }

    /// RFC 9112 §3: method SP request-target SP HTTP-version, single spaces.
    private func requestLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(Refusal) -> (HTTPRequest.Method, String, Int) {
        var spaces: [Int] = []
        for index in line where bytes[index] == UInt8(ascii: " ") { spaces.append(index) }
        guard spaces.count == 2 else { throw .malformed("the request line must hold a method, a target and a version") }
        let version = text(bytes, spaces[1] + 1..<line.upperBound)
        guard version.utf8.count == 8, version.hasPrefix("HTTP/"), version.utf8.dropFirst(6).first == UInt8(ascii: ".")
        else { throw .malformed("the version must be HTTP/1.1 or HTTP/1.0") }
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else { throw .versionUnsupported }
        for index in line.lowerBound..<spaces[0] where !isToken(bytes[index]) {
            throw .malformed("the method is not a token")
        }
        guard let method = HTTPRequest.Method(text(bytes, line.lowerBound..<spaces[0])) else {
            throw .malformed("the method is not a token")
        }
        guard Self.methods.contains(method) else { throw .methodUnknown }
        let target = spaces[0] + 1..<spaces[1]
        guard !target.isEmpty else { throw .malformed("the target is empty") }
        guard target.count <= limits.targetBytes else { throw .targetTooLong }
        for index in target where bytes[index] <= 0x20 || bytes[index] >= 0x7F || bytes[index] == UInt8(ascii: "#") {
            throw .malformed("the target holds a byte that must be percent-encoded")
        }
        return (method, text(bytes, target), version == "HTTP/1.0" ? 0 : 1)
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// RFC 9112 §5: no space before the colon, no folded lines; RFC 9110 §5.5: no control characters in values.
    private func field(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(Refusal) -> HTTPField {
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon] != UInt8(ascii: ":") {
            guard isToken(bytes[colon]) else { throw .malformed("a field name is not a token") }
            colon += 1
        }
        guard colon < line.upperBound, colon > line.lowerBound,
            let name = HTTPField.Name(text(bytes, line.lowerBound..<colon))
        else { throw .malformed("a field line must hold a name and a colon") }
        var value = colon + 1..<line.upperBound
        while !value.isEmpty, isBlank(bytes[value.lowerBound]) { value = value.lowerBound + 1..<value.upperBound }
        while !value.isEmpty, isBlank(bytes[value.upperBound - 1]) { value = value.lowerBound..<value.upperBound - 1 }
        for index in value where bytes[index] < 0x20 && bytes[index] != 0x09 || bytes[index] == 0x7F {
            throw .malformed("a field value holds a control character")
        }
        return HTTPField(name: name, value: text(bytes, value))
    }

    /// RFC 9112 §3.2: the origin form, the absolute form, and the asterisk of OPTIONS.
    private func split(
        _ target: String, method: HTTPRequest.Method
    ) throws(Refusal) -> (path: String, query: String) {
        var rest = target[...]
        if rest == "*" {
            guard method == .options else { throw .malformed("the target * belongs to OPTIONS") }
            return ("*", "")
        }
        if !rest.hasPrefix("/") {
            let lower = rest.prefix(8).lowercased()
            guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
                throw .malformed("the target must be a path or a URL")
            }
            rest = rest.dropFirst(lower.hasPrefix("https://") ? 8 : 7)
            let path = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            guard path > rest.startIndex else { throw .malformed("the target names no host") }
            rest = rest[path...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        guard let mark = rest.firstIndex(of: "?") else { return (String(rest), "") }
        return (String(rest[..<mark]), String(rest[rest.index(after: mark)...]))
    }

    /// RFC 9112 §6: any doubt about where the body ends is a refusal.
    private func framing(_ fields: HTTPFields, minorVersion: Int) throws(Refusal) -> Head.Framing {
        let lengths = fields[values: .contentLength]
        let codings = fields[values: .transferEncoding]
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw .malformed("Content-Length and Transfer-Encoding are both given") }
            guard minorVersion > 0 else { throw .malformed("Transfer-Encoding is not of HTTP/1.0") }
            guard codings.count == 1 else { throw .malformed("Transfer-Encoding is given twice") }
            guard codings[0].lowercased() == "chunked" else { throw .codingUnknown }
            return .chunked
        }
        guard let first = lengths.first else { return .none }
        guard lengths.count == 1 else { throw .malformed("Content-Length is given twice") }
        guard !first.isEmpty, first.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .malformed("Content-Length is not a number")
        }
        guard first.utf8.count <= 18, let length = Int(first), length <= limits.bodyBytes else {
            throw .bodyTooLarge(limit: limits.bodyBytes)
        }
        return length == 0 ? .none : .length(length)
    }

    /// RFC 9112 §3.2: exactly one Host, and a valid one.
    private func checkHost(_ fields: HTTPFields, minorVersion: Int) throws(Refusal) {
        let hosts = fields[values: .host]
        guard hosts.count == 1 || minorVersion == 0 && hosts.isEmpty else {
            throw .malformed("exactly one Host field is needed")
        }
        for byte in hosts.first?.utf8 ?? "".utf8 {
            let isAllowed =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
            guard isAllowed else { throw .malformed("the Host field is not a host") }
        }
    }

    /// The members of comma-separated lists, in lower case.
    private func tokens(_ values: [String]) -> [String] {
        values.flatMap { $0.lowercased().split(separator: ",") }.map { $0.filter { $0 != " " && $0 != "\t" } }
    }

    private func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        String(copying: range, of: bytes)
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension String {
    /// Text of bytes; what is not UTF-8 becomes replacement characters.
    init(copying range: Range<Int>, of bytes: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(bytes[index]) }
        self = String(decoding: copy, as: UTF8.self)
    }
}

extension HTTPField.Name {
    static let host = HTTPField.Name("Host") ?? .via
}

/// RFC 9110 §5.6.2.
func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
}
