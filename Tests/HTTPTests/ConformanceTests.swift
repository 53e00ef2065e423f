import HTTP
import Testing

/// What the server makes of bytes, by RFC section.
struct ConformanceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: String
        let status: Int

        init(_ section: String, _ bytes: String, _ status: Int) {
            testDescription = section
            self.bytes = bytes
            self.status = status
        }
    }

    /// Each is refused, and the connection closes: what is pipelined behind is not answered.
    static let refused: [Case] = [
        Case("9112 §2.2 bare LF", "GET /hello HTTP/1.1\nHost: a\n\n", 400),
        Case("9112 §2.2 bare CR in a field", "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        Case("9112 §3 no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3 two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3 trailing space", "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        Case("9112 §3.1 method is no token", "G(T /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9110 §9.1 unknown method", "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        Case("9112 §2.3 version 2.0", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Case("9112 §2.3 version 1.2", "GET /hello HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        Case("9112 §2.3 lower case", "GET /hello http/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3.2 no path", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3.2 fragment", "GET /hello#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3.2.4 asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("3986 §2.1 bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("3986 §5.2.4 dot segments", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3.2 no Host", "GET /hello HTTP/1.1\r\n\r\n", 400),
        Case("9112 §3.2 two Hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        Case("9112 §3.2 Host is no host", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Case("9112 §5.1 space before the colon", "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        Case("9112 §5.2 folded line", "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
        Case("9110 §5.5 NUL in a value", "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
        Case("9110 §5.1 empty name", "GET /hello HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n", 400),
        Case(
            "9112 §6.1 both framings",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Case("9112 §6.3 coding not chunked", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        Case(
            "9112 §6.1 chunked twice",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        Case(
            "9112 §6.1 chunked in 1.0", "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        Case(
            "9112 §6.3 two lengths",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        Case("9112 §6.3 list of lengths", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
        Case("9112 §6.3 signed length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400),
        Case("9112 §6.3 negative length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", 400),
        Case(
            "9112 §6.3 overflowing length",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        Case(
            "9112 §7.1 chunk size is no number",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        Case(
            "9112 §7.1 signed chunk size",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", 400),
        Case(
            "9112 §7.1 chunk too long",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400),
        Case(
            "9112 §7.1 bare LF in a chunk line",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400),
        Case(
            "9112 §7.1 chunk size overflows",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 413),
        Case(
            "9112 §7.1.2 trailer is no field",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n", 400),
        Case(
            "9110 §10.1.1 other expectation",
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: more\r\nContent-Length: 0\r\n\r\n", 417),
        Case(
            "9110 §15.5.15 long target", "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Case(
            "6585 §5 long head",
            "GET /hello HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
        Case(
            "6585 §5 many fields", "GET /hello HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: a\r\n", count: 200))\r\n",
            431),
    ]

    /// Each is answered, and the connection goes on.
    static let answered: [Case] = [
        Case("9112 §3.2.1 origin form", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("9112 §3.2.2 absolute form", "GET http://a/hello HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("9112 §3.2.4 asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204),
        Case("9112 §2.2 empty line before", "\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("9112 §5 spaces around a value", "GET /hello HTTP/1.1\r\nHost: \t a \t\r\n\r\n", 200),
        Case("9110 §5.5 obsolete text", "GET /hello HTTP/1.1\r\nHost: a\r\nX: é\r\n\r\n", 200),
        Case("9112 §6.2 length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 200),
        Case(
            "9112 §7.1 chunks",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200),
        Case(
            "9112 §7.1 leading zeros",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n003\r\nabc\r\n000\r\n\r\n", 200),
        Case(
            "9112 §7.1.1 extensions",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n0;c\r\n\r\n", 200),
        Case(
            "9112 §7.1.2 trailers",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n\r\n", 200),
        Case("9110 §15.5.6 wrong method", "DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Case("9110 §15.5.5 nothing there", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        Case("9110 §9.3.7 OPTIONS of a path", "OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n", 204),
        Case("trailing slash", "GET /hello/ HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        Case("version prefix", "GET /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ]

    private static let behind = "GET /items/behind HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(arguments: refused) func isRefusedAndCloses(_ example: Case) async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send(example.bytes + Self.behind)
        client.finish()
        let answer = await client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 \(example.status) "))
        #expect(!answer.contains("behind"))
        #expect(answer.components(of: "HTTP/1.1 ") == 1)
    }

    @Test(arguments: answered) func isAnsweredAndGoesOn(_ example: Case) async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send(example.bytes + Self.behind)
        let answer = await client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 \(example.status) "))
        #expect(answer.hasSuffix("behind"))
    }

    /// The parser sees bytes as the kernel cuts them; every cut must give the same answer.
    @Test(arguments: [answered[6], answered[9], answered[10], refused[0], refused[22], refused[34]])
    func everySplitIsTheSame(_ example: Case) async throws {
        let server = try TestServer()
        let bytes = Array((example.bytes + Self.behind).utf8)
        for split in 1..<bytes.count {
            let client = RawClient(server.address)
            client.send(Array(bytes[..<split]))
            client.send(Array(bytes[split...]))
            client.finish()
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 \(example.status) "), "split at \(split)")
        }
    }
}

extension String {
    /// How often a text stands in this one.
    func components(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
