import HTTP
import Testing

/// Waiting requests beside others.
struct WaitingTests {
    private static let request = "GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func waitingRequestsDoNotBlockOthers() async throws {
        var limits = Limits()
        limits.requestsInFlight = 2
        limits.waiting = 3
        let server = try TestServer(limits)
        let first = RawClient(server.address)
        let second = RawClient(server.address)
        let third = RawClient(server.address)
        // One after another: a request counts as in flight until it waits, and a third at once would be refused.
        first.send(Self.request)
        await server.untilWaiting(1)
        second.send(Self.request)
        await server.untilWaiting(2)
        third.send(Self.request)
        await server.untilWaiting(3)
        #expect(try await send("GET", "/later", to: server.address).status == 200)
        // One more request is answered at once, and its connection closes.
        let refused = RawClient(server.address)
        refused.send(Self.request)
        let answer = await refused.receiveAll()
        #expect(answer.contains("Connection: close\r\n") && answer.hasSuffix("\r\n\r\nnot waited"))
        // A client that leaves frees its place.
        first.finish()
        #expect(await first.receiveAll().hasSuffix("\r\n\r\nnot waited"))
        #expect(server.waiting.count == 2)
        #expect(try await send("GET", "/later", to: server.address).status == 200)
    }

    @Test func anAddressHasALimitOfItsOwn() async throws {
        var limits = Limits()
        limits.waitingPerAddress = 1
        let server = try TestServer(limits)
        let client = RawClient(server.address)
        client.send(Self.request)
        await server.untilWaiting(1)
        #expect(try await send("GET", "/waiting", to: server.address).body == Array("not waited".utf8))
    }

    /// RFC 9110 §10.1.1: a client that waits for 100 Continue gets an answer that does not depend on its body at once,
    /// even if a part of the body has arrived, and the connection closes.
    @Test(
        arguments: [("POST /nothing", 404), ("POST /hello", 405), ("HEAD /echo", 405), ("POST /echo", 503)],
        ["", "abc"])
    func aBodyIsNotAskedForInVain(_ request: (line: String, status: Int), _ part: String) async throws {
        var limits = Limits()
        if request.status == 503 { limits.requestsInFlight = 0 }
        let server = try TestServer(limits)
        let client = RawClient(server.address)
        client.send(
            "\(request.line) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n\(part)")
        let answer = await client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 \(request.status) ") && answer.contains("Connection: close\r\n"))
        // A client that does not wait sends its body at once, and keeps its connection.
        let other = RawClient(server.address)
        other.send("\(request.line) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        other.send("GET /items/behind HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(await other.receiveAll().components(of: "HTTP/1.1 ") == 2)
    }
}
