import HTTP
import Synchronization
import Testing

/// A client and a server over a socket: requests, answers, limits and the end of a connection.
struct ConnectionTests {
    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        let requests = (0..<100).map { number in
            let path = number.isMultiple(of: 7) ? "/later" : "/items/n\(number)"
            return "GET \(path) HTTP/1.1\r\nHost: a\r\n\(number == 99 ? "Connection: close\r\n" : "")\r\n"
        }
        client.send(requests.joined())
        let answer = await client.receiveAll()
        #expect(answer.components(of: "HTTP/1.1 200 OK") == 100)
        var rest = answer[...]
        for number in 0..<100 where !number.isMultiple(of: 7) {
            let found = try #require(rest.firstRange(of: "\r\n\r\nn\(number)"))
            rest = rest[found.upperBound...]
        }
    }

    /// An answer that fills the output delays the pipelined requests after it only until it is written.
    @Test func requestsBehindALongAnswerAreAnswered() async throws {
        let server = try TestServer()
        let body = String(repeating: "a", count: 300_000)
        let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let client = RawClient(server.address)
        client.send(request + "GET /items/behind HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await client.receive(until: "\r\n\r\nbehind").hasSuffix("\r\n\r\nbehind"))
        // The end of the client's input is seen after such an answer, too.
        client.send(request)
        client.finish()
        #expect(await client.receiveAll().hasSuffix("\r\n\r\n\(body)"))
    }

    /// RFC 9112 §9.6: the client's last bytes must not cost it the unread part of its answer, in the kernel, which
    /// buffers 128 KiB, or in the server.
    @Test(arguments: [100_000, 200_000]) func theLastAnswerIsWholeWhateverElseIsSent(_ count: Int) async throws {
        let server = try TestServer()
        let client = RawClient(server.address, window: 4096)
        let body = String(repeating: "a", count: count)
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let start = await client.receive(until: "\r\n\r\n")
        client.finish(with: "more")
        // The server has seen the end once later clients have their answers.
        for _ in 0..<4 { _ = try await send("GET", "/later", to: server.address) }
        #expect((start + (await client.receiveAll())).hasSuffix("\r\n\r\n\(body)"))
    }

    @Test func headIsLikeGetWithoutTheBody() async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let answer = await client.receiveAll()
        #expect(answer.contains("Content-Length: 5\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func aBodyIsAskedForWhenExpected() async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        #expect(await client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("abc")
        #expect(await client.receiveAll().hasSuffix("\r\n\r\nabc"))
    }

    @Test func anOldClientGetsItsAnswerAndTheEnd() async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send("GET /stream?n=2 HTTP/1.0\r\n\r\n")
        let answer = await client.receiveAll()
        #expect(!answer.contains("Transfer-Encoding"))
        #expect(answer.hasSuffix(String(repeating: "a", count: 20_000)))
    }

    /// RFC 9112 §9.3: close wins over any other connection option.
    @Test(
        arguments: [
            ("1.0", "keep-alive", true), ("1.0", "close", false), ("1.0", "keep-alive, close", false),
            ("1.0", "close, Keep-Alive", false), ("1.1", "keep-alive", true), ("1.1", "keep-alive, close", false),
        ])
    func closeIsHeeded(_ version: String, _ options: String, _ isKept: Bool) async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        let request = "GET /hello HTTP/\(version)\r\nHost: a\r\nConnection: \(options)\r\n\r\n"
        client.send(request + request)
        client.finish()
        #expect(await client.receiveAll().components(of: "HTTP/1.1 200 OK") == (isKept ? 2 : 1))
    }

    /// The client may be gone: it is answered with the present state, without waiting.
    @Test(arguments: [("/later", "later"), ("/wait", "waited")])
    func aHalfClosedClientGetsItsAnswer(_ target: String, _ answer: String) async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        client.finish()
        #expect(await client.receiveAll().hasSuffix(answer))
    }

    @Test func aStreamIsChunkedAndWhole() async throws {
        let server = try TestServer()
        let answer = try await send("GET", "/stream?n=50", to: server.address)
        #expect(answer.fields["transfer-encoding"] == "chunked")
        #expect(answer.body.count == 500_000)
    }

    @Test func aBrokenStreamIsSeenToBeCut() async throws {
        let server = try TestServer()
        await #expect(throws: Exchange.Failure.truncated) { try await send("GET", "/broken", to: server.address) }
        let record = try #require(await server.records.first { _ in true })
        #expect((record.route, record.status, record.bytesOut) == ("/broken", 200, 4))
    }

    @Test func aSlowReaderHoldsTheStreamBack() async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send("GET /stream?n=100000 HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = await client.receive()
        // Without a reader the gigabyte is not made: only what the sockets hold was pulled.
        var last = -1
        while last != server.pulled.count.load(ordering: .relaxed) {
            last = server.pulled.count.load(ordering: .relaxed)
            _ = try await send("GET", "/later", to: server.address)
        }
        #expect(last < 2_000)
    }

    @Test func aBodyOverTheLimitIsRefusedBeforeItCame() async throws {
        var limits = Limits()
        limits.bodyBytes = 1000
        let server = try TestServer(limits)
        let answer = try await send(
            "POST", "/echo", to: server.address, body: [UInt8](repeating: 0x61, count: 5_000_000))
        #expect(answer.status == 413)
    }

    @Test func deadlinesCloseWhatIsTooSlow() async throws {
        var limits = Limits()
        limits.headTimeout = .milliseconds(50)
        limits.progressTimeout = .milliseconds(50)
        limits.idleTimeout = .milliseconds(50)
        limits.tick = .milliseconds(10)
        let server = try TestServer(limits)
        let idle = RawClient(server.address)
        #expect(await idle.receiveAll() == "")
        let head = RawClient(server.address)
        head.send("GET /hel")
        #expect(await head.receiveAll().hasPrefix("HTTP/1.1 408 "))
        let body = RawClient(server.address)
        body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        #expect(await body.receiveAll().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func tooManyClientsAreToldSoAndCanStillProbe() async throws {
        var limits = Limits()
        limits.connections = 1
        limits.overloadConnections = 2
        let server = try TestServer(limits)
        let first = RawClient(server.address)
        first.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await first.receive(until: "hello").hasPrefix("HTTP/1.1 200 "))
        let second = RawClient(server.address)
        let third = RawClient(server.address)
        // The fourth client is turned away, with an answer before it asks.
        let turnedAway = await RawClient(server.address).receiveAll()
        #expect(turnedAway.hasPrefix("HTTP/1.1 503 "))
        let record = try #require(await server.records.first { $0.status == 503 })
        #expect(turnedAway.contains("X-Request-Id: \(record.id)\r\n"))
        second.send("GET /items/7 HTTP/1.1\r\nHost: a\r\n\r\n")
        let refused = await second.receiveAll()
        #expect(refused.hasPrefix("HTTP/1.1 503 "))
        #expect(refused.contains("Retry-After: 1\r\n"))
        third.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await third.receiveAll().hasSuffix("probe"))
    }

    @Test func shuttingDownFinishesWhatIsInFlight() async throws {
        let server = try TestServer()
        let idle = RawClient(server.address)
        let client = RawClient(server.address)
        client.send("GET /stream?n=500 HTTP/1.1\r\nHost: a\r\n\r\n")
        let first = await client.receive()
        async let end: Void = server.server.shutDown(within: .seconds(20))
        let rest = await client.receiveAll()
        await end
        #expect(rest.hasSuffix("0\r\n\r\n"))
        #expect(first.count + rest.utf8.count > 5_000_000)
        #expect(await idle.receiveAll() == "")
    }

    @Test func theRequestIDIsEchoedOrMade() async throws {
        let server = try TestServer()
        let given = try await send("GET", "/hello", to: server.address, fields: [("X-Request-Id", "mine-7")])
        #expect(given.fields["x-request-id"] == "mine-7")
        let bad = try await send(
            "GET", "/hello", to: server.address, fields: [("X-Request-Id", String(repeating: "a", count: 65))])
        #expect((1...64).contains(bad.fields["x-request-id"]?.count ?? 0))
    }

    /// A request that the server itself refuses is answered and logged with its method, route and id.
    @Test(
        arguments: [
            ("POST /echo", "Content-Encoding: br\r\nContent-Length: 1", "a", 415, "/echo"),
            ("POST /echo", "Content-Length: 1000000000", "", 413, "/echo"),
            ("POST /echo", "Transfer-Encoding: chunked", "x\r\n", 400, "/echo"),
            ("HEAD /hello", "Expect: more", "", 417, "/hello"), ("GET /%zz", "Accept: */*", "", 400, nil),
            ("HEAD /%zz", "Accept: */*", "", 400, nil),
        ] as [(String, String, String, Int, String?)])
    func aRefusalKnowsItsRequest(
        _ request: String, _ fields: String, _ body: String, _ status: Int, _ route: String?
    ) async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send("\(request) HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-7\r\n\(fields)\r\n\r\n\(body)")
        client.finish()
        let answer = await client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains("X-Request-Id: mine-7\r\n"))
        let isHead = request.hasPrefix("HEAD ")
        // RFC 9110 §9.3.2: an answer to HEAD has no body.
        #expect(answer.hasSuffix(isHead ? "\r\n\r\n" : "\r\n\r\nrefused"))
        let record = try #require(await server.records.first { _ in true })
        #expect(record.method == request.prefix { $0 != " " })
        #expect((record.id, record.route) == ("mine-7", route))
        #expect((record.status, record.bytesOut) == (status, isHead ? 0 : 7))
        #expect(record.duration > .zero)
    }

    @Test func literalsWinOverParameters() async throws {
        let server = try TestServer()
        #expect(try await send("GET", "/items/special", to: server.address).body == Array("literal".utf8))
        #expect(try await send("GET", "/items/a%20b", to: server.address).body == Array("a b".utf8))
        #expect(try await send("PUT", "/items/7", to: server.address).fields["allow"] == "GET, HEAD, OPTIONS")
    }
}
