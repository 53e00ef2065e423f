import HTTP
import Testing

/// Server-Sent Events: their bytes, heartbeats, and clients that leave.
struct EventStreamTests {
    @Test(arguments: [
        (EventStream.Event(data: "a"), "data: a\n\n"),
        (EventStream.Event(data: ""), "data: \n\n"),
        (EventStream.Event(id: "7", name: "progress", data: "{}"), "id: 7\nevent: progress\ndata: {}\n\n"),
        (EventStream.Event(data: "a\nb\r\nc\rd\n"), "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
        (EventStream.Event(id: "1\ndata: x", name: "a\r\nb", data: "c"), "id: 1 data: x\nevent: a b\ndata: c\n\n"),
    ]) func eventsAreWrittenAsTheyAreRead(_ event: EventStream.Event, _ text: String) {
        #expect(String(decoding: event.bytes, as: UTF8.self) == text)
    }

    @Test func aSilentStreamBeatsAndNoticesThatTheClientIsGone() async throws {
        var limits = Limits()
        limits.tick = .milliseconds(10)
        let server = try TestServer(limits)
        do {
            let client = RawClient(server.address)
            client.send("GET /events HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            let answer = await client.receive(until: "8\r\n: ping\n\n\r\n")
            #expect(answer.contains("Content-Type: text/event-stream\r\n"))
            #expect(answer.contains("X-Accel-Buffering: no\r\n"))
            #expect(!answer.contains("Content-Encoding"))
            #expect(answer.contains("\r\n\r\n18\r\nid: 1\nevent: a\ndata: b\n\n\r\n"))
        }
        // The client closed: the task that waits for the next event is cancelled.
        for await _ in server.gone.clients { break }
    }

    @Test func aHalfClosedClientOfEventsIsGone() async throws {
        let server = try TestServer()
        let client = RawClient(server.address)
        client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = await client.receive(until: "data: b")
        client.finish()
        for await _ in server.gone.clients { break }
        let record = try #require(await server.records.first { _ in true })
        #expect((record.route, record.status, record.bytesOut) == ("/events", 200, 24))
    }
}
