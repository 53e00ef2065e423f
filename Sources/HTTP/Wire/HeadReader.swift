internal import HTTPTypes

/// Reads a complete head; strict where RFC 9112 lets a server choose.
struct HeadReader {
    private let limits: Limits
    private let bytes: [UInt8]
    private var fields: RequestFields
    private var host: Range<Int>?
    private var hostCount = 0
    private var lengths: [Range<Int>] = []
    private var transferCodings: [Range<Int>] = []
    private var contentCodings: [Range<Int>] = []
    private var connection: [Range<Int>] = []
    private var expectations: [Range<Int>] = []

    init(_ bytes: [UInt8], fieldCount: Int, limits: Limits) {
        self.limits = limits
        self.bytes = bytes
        fields = RequestFields(bytes, capacity: fieldCount)
    }

    /// Reads the request line and the fields; `complete` then interprets them.
    mutating func read() throws(Refusal) -> Head {
        var start = 0
        let requestLine = line(from: &start)
        let (method, target, minorVersion) = try request(requestLine)
        while case let line = line(from: &start), !line.isEmpty { try field(line) }
        let (path, query, authority) = try split(target, method: method)
        let host = try host(minorVersion: minorVersion)
        return Head(
            method: method, fields: fields, path: path, query: query, authority: authority ?? host,
            minorVersion: minorVersion)
    }

    /// Adds the body's framing and the connection's options; a head that is refused for these still names its request.
    func complete(_ head: inout Head) throws(Refusal) {
        head.framing = try framing(minorVersion: head.minorVersion)
        head.coding = try coding()
        let options = members(connection)
        // RFC 9112 §9.3: close wins over any other option, and a 1.0 client must ask for keep-alive.
        head.keepsAlive =
            !options.contains { equalsIgnoringCase(bytes[$0], "close") }
            && (head.minorVersion > 0 || options.contains { equalsIgnoringCase(bytes[$0], "keep-alive") })
        // RFC 9110 §10.1.1: a 1.0 client's expectation is ignored.
        if head.minorVersion > 0, !expectations.isEmpty {
            guard members(expectations).allSatisfy({ equalsIgnoringCase(bytes[$0], "100-continue") }) else {
                throw .expectationFailed
            }
            head.expectsContinue = true
        }
    }

    /// The next line without its CR LF, which the parser has found.
    private func line(from start: inout Int) -> Range<Int> {
        var end = start
        while bytes[end] != UInt8(ascii: "\n") { end += 1 }
        defer { start = end + 1 }
        return start..<end - 1
    }

    /// RFC 9112 §3: method SP request-target SP HTTP-version, single spaces.
    private func request(_ line: Range<Int>) throws(Refusal) -> (HTTPRequest.Method, Range<Int>, Int) {
        let space = UInt8(ascii: " ")
        guard let first = bytes[line].firstIndex(of: space), let last = bytes[line].lastIndex(of: space), first < last,
            case let target = first + 1..<last, !bytes[target].contains(space)
        else { throw .malformed("the request line must hold a method, a target and a version") }
        let name = line.lowerBound..<first
        guard !name.isEmpty, bytes[name].allSatisfy(isToken) else { throw .malformed("the method is not a token") }
        let minorVersion = try version(last + 1..<line.upperBound)
        guard let method = Self.methods.first(where: { $0.name == bytes[name] })?.method else { throw .methodUnknown }
        guard !target.isEmpty else { throw .malformed("the target is empty") }
        guard target.count <= limits.targetBytes else { throw .targetTooLong }
        guard bytes[target].allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("the target holds a byte that must be percent-encoded")
        }
        return (method, target, minorVersion)
    }

    private static let methods = [HTTPRequest.Method](
        [.get, .post, .head, .put, .delete, .options, .patch, .trace, .query]
    ).map { (name: Array($0.rawValue.utf8)[...], method: $0) }
    private static let protocolName = Array("HTTP/".utf8)[...]

    /// RFC 9112 §2.3: `HTTP/` DIGIT `.` DIGIT, in capitals.
    private func version(_ range: Range<Int>) throws(Refusal) -> Int {
        let (major, minor) = (range.lowerBound + 5, range.lowerBound + 7)
        guard range.count == 8, bytes[range.lowerBound..<major] == Self.protocolName, isDigit(bytes[major]),
            isDigit(bytes[minor]), bytes[major + 1] == UInt8(ascii: ".")
        else { throw .malformed("the version must be HTTP/1.1 or HTTP/1.0") }
        guard bytes[major] == UInt8(ascii: "1"), bytes[minor] <= UInt8(ascii: "1") else { throw .versionUnsupported }
        return bytes[minor] == UInt8(ascii: "0") ? 0 : 1
    }

    /// RFC 9112 §5: no space before the colon, no folded lines; RFC 9110 §5.5: no control characters in values.
    private mutating func field(_ line: Range<Int>) throws(Refusal) {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound else {
            throw .malformed("a field line must hold a name and a colon")
        }
        let name = line.lowerBound..<colon
        guard bytes[name].allSatisfy(isToken) else { throw .malformed("a field name is not a token") }
        let value = trimmed(colon + 1..<line.upperBound)
        guard bytes[value].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .malformed("a field value holds a control character")
        }
        fields.append(name: name, value: value)
        // The fields that decide how the request is read are noted here; their lengths tell them apart.
        switch name.count {
        case 4 where equalsIgnoringCase(bytes[name], "host"):
            host = value
            hostCount += 1
        case 6 where equalsIgnoringCase(bytes[name], "expect"): expectations.append(value)
        case 10 where equalsIgnoringCase(bytes[name], "connection"): connection.append(value)
        case 14 where equalsIgnoringCase(bytes[name], "content-length"): lengths.append(value)
        case 16 where equalsIgnoringCase(bytes[name], "content-encoding"): contentCodings.append(value)
        case 17 where equalsIgnoringCase(bytes[name], "transfer-encoding"): transferCodings.append(value)
        default: break
        }
    }

    /// RFC 9112 §3.2: the origin form, the absolute form, and the asterisk of OPTIONS; no CONNECT, so no authority form.
    private func split(
        _ target: Range<Int>, method: HTTPRequest.Method
    ) throws(Refusal) -> (path: Range<Int>, query: Range<Int>, authority: Range<Int>?) {
        var (rest, authority): (Range<Int>, Range<Int>?) = (target, nil)
        if target.count == 1, bytes[target.lowerBound] == UInt8(ascii: "*") {
            guard method == .options else { throw .malformed("the target * belongs to OPTIONS") }
            return (target, target.upperBound..<target.upperBound, nil)
        }
        if bytes[target.lowerBound] != UInt8(ascii: "/") {
            guard
                let scheme = ["http://", "https://"].first(where: {
                    equalsIgnoringCase(bytes[target].prefix($0.count), $0)
                })
            else { throw .malformed("the target must be a path or a URL") }
            let start = target.lowerBound + scheme.count
            let end = bytes[start..<target.upperBound].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            authority = start..<(end ?? target.upperBound)
            guard start < end ?? target.upperBound, isAuthority(bytes[start..<(end ?? target.upperBound)]) else {
                throw .malformed("the target's host is not valid")
            }
            rest = (end ?? target.upperBound)..<target.upperBound
        }
        let mark = bytes[rest].firstIndex(of: UInt8(ascii: "?"))
        let query = (mark.map { $0 + 1 } ?? rest.upperBound)..<rest.upperBound
        return (rest.lowerBound..<(mark ?? rest.upperBound), query, authority)
    }

    /// RFC 9112 §3.2: exactly one valid Host; a 1.0 client may leave it out.
    private func host(minorVersion: Int) throws(Refusal) -> Range<Int> {
        guard hostCount == 1 || minorVersion == 0 && hostCount == 0 else {
            throw .malformed("exactly one Host field is needed")
        }
        let host = host ?? 0..<0
        guard host.isEmpty || isAuthority(bytes[host]) else { throw .malformed("the Host field is not a valid host") }
        return host
    }

    /// RFC 9112 §6: any doubt about the end of the body is a refusal.
    private func framing(minorVersion: Int) throws(Refusal) -> Head.Framing {
        if !transferCodings.isEmpty {
            guard lengths.isEmpty else { throw .malformed("Content-Length and Transfer-Encoding are both given") }
            guard minorVersion > 0 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
            let codings = members(transferCodings)
            // RFC 9112 §6.1: an unknown coding is 501, chunked in the wrong place is 400.
            let isUnknown = { (coding: Range<Int>) in
                bytes[coding].allSatisfy(isToken) && !equalsIgnoringCase(bytes[coding], "chunked")
            }
            guard codings.isEmpty || !codings.allSatisfy(isUnknown) else { throw .transferCodingUnknown }
            guard let last = codings.last, equalsIgnoringCase(bytes[last], "chunked"),
                !codings.dropLast().contains(where: { equalsIgnoringCase(bytes[$0], "chunked") })
            else { throw .malformed("chunked must be the last transfer coding, and occur once") }
            guard codings.count == 1 else { throw .transferCodingUnknown }
            return .chunked
        }
        guard let length = lengths.first else { return .none }
        guard lengths.count == 1 else { throw .malformed("Content-Length is given twice") }
        guard !length.isEmpty, bytes[length].allSatisfy(isDigit) else {
            throw .malformed("Content-Length is not a number")
        }
        guard length.count <= 18, let number = Int(fields.text(length)), number <= limits.bodyBytes else {
            throw .bodyTooLarge(limit: limits.bodyBytes)
        }
        return number == 0 ? .none : .length(number)
    }

    /// RFC 9110 §8.4: gzip, once.
    private func coding() throws(Refusal) -> Head.Coding {
        let codings = members(contentCodings).filter { !equalsIgnoringCase(bytes[$0], "identity") }
        guard let coding = codings.first else { return .identity }
        guard codings.count == 1,
            equalsIgnoringCase(bytes[coding], "gzip") || equalsIgnoringCase(bytes[coding], "x-gzip")
        else { throw .contentCodingUnknown }
        return .gzip
    }

    /// The members of comma-separated lists (RFC 9110 §5.6.1), without empty ones.
    private func members(_ values: [Range<Int>]) -> [Range<Int>] {
        values.flatMap { value in
            bytes[value].split(separator: UInt8(ascii: ",")).map { trimmed($0.startIndex..<$0.endIndex) }
                .filter { !$0.isEmpty }
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while start < end, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}

extension HTTPRequest.Method {
    /// GET with a body (draft-ietf-httpbis-safe-method-w-body); no route has it yet.
    fileprivate static let query = HTTPRequest.Method("QUERY") ?? .trace
}
