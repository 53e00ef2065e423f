import HTTP
import HTTPTypes
import Synchronization

/// A server with a route for each ability.
struct TestServer {
    let server: Server
    let address: SocketAddress
    /// The number of pieces pulled from streams.
    let pulled: Pulled

    /// Reports clients of `/events` that have left.
    let gone: Gone
    /// The requests of `/waiting`, each with a place while it waits.
    let waiting: WaitingRoom
    private let inFlight: Gauge
    /// The log.
    let records: AsyncStream<AccessRecord>

    private static let text: HTTPFields = [.contentType: "text/plain", .eTag: "\"1\""]

    final class Gone: Sendable {
        let clients: AsyncStream<Void>
        let end: AsyncStream<Void>.Continuation

        init() { (clients, end) = AsyncStream.makeStream() }
    }

    final class Pulled: Sendable {
        let count = Atomic(0)
    }

    init(_ limits: Limits = Limits(), tls: TLSContext? = nil) throws {
        let pulled = Pulled()
        let gone = Gone()
        let inFlight = Gauge()
        let waiting = WaitingRoom(limits: limits, inFlight: inFlight)
        var router = Router { request, allowed in
            Response(
                status: allowed.isEmpty ? .notFound : .methodNotAllowed,
                fields: allowed.isEmpty ? [:] : [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
        }
        router.on(.get, "/hello") { _ in .now(Response(status: .ok, body: .bytes(Array("hello".utf8)))) }
        router.on(.post, "/echo") { request in .now(Response(status: .ok, body: .bytes(request.body.bytes))) }
        router.on(.get, "/later") { _ in
            .later {
                await Task.yield()
                return Response(status: .ok, body: .bytes(Array("later".utf8)))
            }
        }
        router.on(.get, "/wait") { _ in
            .later {
                try? await Task.sleep(for: .seconds(3600))
                return Response(status: .ok, body: .bytes(Array("waited".utf8)))
            }
        }
        router.on(.get, "/waiting") { request in
            .later {
                let end: Void? = try? await waiting.wait(request) { try await Task.sleep(for: .seconds(3600)) }
                var response = Response(status: .ok, body: .bytes(Array("not waited".utf8)))
                response.closesConnection = end == nil
                return response
            }
        }
        router.on(.get, "/items/{id}") { request in
            .now(Response(status: .ok, body: .bytes(Array((request.parameters["id"] ?? "").utf8))))
        }
        router.on(.get, "/items/special") { _ in .now(Response(status: .ok, body: .bytes(Array("literal".utf8)))) }
        router.on(.get, "/stream") { request in
            let count = Int(request.query.first { $0.name == "n" }?.value ?? "") ?? 0
            let sent = Counter()
            return .now(
                Response(
                    status: .ok,
                    body: .stream(
                        BodyStream {
                            pulled.count.wrappingAdd(1, ordering: .relaxed)
                            let number = sent.next()
                            return number < count ? [UInt8](repeating: 0x61, count: 10_000) : nil
                        })))
        }
        router.on(.get, "/text") { request in
            guard !request.ifNoneMatch("\"1\"") else {
                return .now(Response(status: .notModified, fields: [.eTag: "\"1\""]))
            }
            return .now(Response(status: .ok, fields: Self.text, body: .bytes([UInt8](repeating: 0x61, count: 5000))))
        }
        router.on(.get, "/short") { _ in
            .now(Response(status: .ok, fields: Self.text, body: .bytes(Array("short".utf8))))
        }
        router.on(.get, "/image") { _ in
            .now(
                Response(
                    status: .ok, fields: [.contentType: "image/png"],
                    body: .bytes([UInt8](repeating: 0x61, count: 5000))))
        }
        router.on(.get, "/texts") { request in
            .later {
                let sent = Counter()
                guard !request.ifNoneMatch("\"1\"") else {
                    return Response(status: .notModified, fields: [.eTag: "\"1\"", .vary: "Accept"])
                }
                return Response(
                    status: .ok, fields: Self.text,
                    body: .stream(BodyStream { sent.next() < 3 ? [UInt8](repeating: 0x61, count: 5000) : nil }))
            }
        }
        router.on(.get, "/events") { _ in
            let sent = Counter()
            return .now(
                EventStream.response(heartbeat: .milliseconds(20)) {
                    if sent.next() == 0 { return EventStream.Event(id: "1", name: "a", data: "b") }
                    // No second event ever comes: the stream ends with its client.
                    do { try await Task.sleep(for: .seconds(3600)) } catch { gone.end.yield() }
                    return nil
                })
        }
        router.on(.get, "/host") { .now(Response(status: .ok, body: .bytes(Array($0.host.utf8)))) }
        router.on(.get, "/broken") { _ in
            let sent = Counter()
            return .now(
                Response(
                    status: .ok,
                    body: .stream(
                        BodyStream {
                            if sent.next() > 0 { throw CancellationError() }
                            return Array("half".utf8)
                        })))
        }
        var probes = Router { _, _ in Response(status: .serviceUnavailable, fields: [.retryAfter: "1"]) }
        probes.on(.get, "/hello") { _ in .now(Response(status: .ok, body: .bytes(Array("probe".utf8)))) }
        let (records, record) = AsyncStream.makeStream(of: AccessRecord.self)
        self.records = records
        server = try Server(
            limits: limits, threads: 2, tls: tls, router: router, overloaded: probes,
            refuse: { refusal, _ in
                Response(status: .init(code: refusal.status), body: .bytes(Array("refused".utf8)))
            }, inFlight: inFlight, log: { record.yield($0) })
        address = try server.listen(on: .network(host: "127.0.0.1", port: 0))
        self.pulled = pulled
        self.gone = gone
        self.waiting = waiting
        self.inFlight = inFlight
    }

    /// Returns once this number of requests wait, and none is in flight.
    func untilWaiting(_ count: Int) async {
        while waiting.count < count || inFlight.value > 0 { await Task.yield() }
    }

    /// A counter that closures share.
    private final class Counter: Sendable {
        private let value = Atomic(0)

        func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }
}
