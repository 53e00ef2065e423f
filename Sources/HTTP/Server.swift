import Dispatch
import HTTPTypes
import Synchronization

/// What is known of a request once it has been answered.
package struct AccessRecord: Sendable {
    /// Empty where the server could not read the request.
    package var method: String
    /// The pattern of the route, never what the client sent; `nil` where none was found.
    package var route: String?
    package var status: Int
    package var duration: Duration
    package var bytesIn: Int
    package var bytesOut: Int
    package var id: String
    package var remoteAddress: String

    /// The duration; by its parts, for to divide it takes arithmetic of 128 bits.
    package var seconds: Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + 1e-18 * Double(attoseconds)
    }
}

extension AccessRecord {
    /// Of a refusal of which nothing is known but who got it.
    init(refusal status: HTTPResponse.Status, bytesOut: Int, id: String, remoteAddress: String) {
        self.init(
            method: "", route: nil, status: status.code, duration: .zero, bytesIn: 0, bytesOut: bytesOut, id: id,
            remoteAddress: remoteAddress)
    }
}

/// A number that goes up and down, for others to watch.
package final class Gauge: Sendable {
    private let count = Atomic(0)

    package init() {}

    package var value: Int { count.load(ordering: .relaxed) }
    func add(_ number: Int) { count.add(number, ordering: .relaxed) }
}

/// Listens, accepts, and hands every client to one of a few event loops, one a core.
package final class Server: Sendable {
    private struct State {
        var listeners: [Listener] = []
        var admission: Admission
        var isDraining = false
        var turn = 0
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    let limits: Limits
    let bodyRoom: BodyRoom
    package let router: Router
    let overloaded: Router
    let refuse: @Sendable (Refusal, _ requestID: String) -> Response
    let log: (@Sendable (AccessRecord) -> Void)?
    private let loops: [EventLoop]
    private let state: Mutex<State>
    private let tls: Mutex<TLSContext?>
    private let draining = Atomic(false)
    private let requests = Atomic<UInt64>(0)
    private let inFlight: Gauge
    /// Short, so that ids stay within the 15 bytes that a String holds without memory of its own.
    private let idPrefix = (0..<6).map { _ in Server.digits.randomElement() ?? 0 } + [UInt8(ascii: "-")]
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    /// Numbers of up to eight digits.
    private static let shortIDs: UInt64 = 36 * 36 * 36 * 36 * 36 * 36 * 36 * 36

    /// - Parameters:
    ///   - threads: the number of event loops.
    ///   - tls: spoken on every listener but Unix-domain sockets.
    ///   - overloaded: answers instead of `router` while there are too many connections or requests.
    ///   - refuse: the answer to a request that the server refuses by itself; its body must be bytes.
    ///   - inFlight: counts the requests whose answers are being made.
    ///   - log: called once for each request that was answered, in part or for a client that was gone by then, too.
    package init(
        limits: Limits = Limits(), threads: Int, tls: TLSContext? = nil, router: Router, overloaded: Router,
        refuse: @escaping @Sendable (Refusal, _ requestID: String) -> Response,
        inFlight: Gauge = Gauge(), log: (@Sendable (AccessRecord) -> Void)? = nil
    ) throws(SocketError) {
        self.inFlight = inFlight
        self.limits = limits
        bodyRoom = BodyRoom(limits: limits)
        self.router = router
        self.overloaded = overloaded
        self.refuse = refuse
        self.log = log
        self.tls = Mutex(tls)
        if tls != nil { Socket.ignoreBrokenPipes() }
        state = Mutex(State(admission: Admission(limits: limits)))
        var loops: [EventLoop] = []
        for index in 0..<max(1, threads) { loops.append(try EventLoop(index: index)) }
        self.loops = loops
        for loop in loops { loop.executor.queue.sync { loop.assumeIsolated { $0.start() } } }
    }

    /// Begins to accept.
    ///
    /// - Returns: the address bound to, with the port that the system chose where 0 was asked for.
    package func listen(on address: SocketAddress) throws(SocketError) -> SocketAddress {
        let socket = try Socket.listen(on: address)
        let bound = socket.localAddress
        let listener = Listener(socket, server: self)
        state.withLock { $0.listeners.append(listener) }
        listener.executor.queue.sync { listener.assumeIsolated { $0.start() } }
        return bound
    }

    /// Uses another certificate for the connections to come.
    package func reload(_ context: TLSContext) { tls.withLock { $0 = context } }

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Hands a client to the next event loop, or turns it away.
    func adopt(_ client: Arrival) {
        let (verdict, loop) = state.withLock { state in
            state.turn = (state.turn + 1) % loops.count
            return (state.admission.admit(client.host), loops[state.turn])
        }
        guard verdict != .turnedAway else { return turnAway(client) }
        loop.executor.run {
            loop.assumeIsolated { $0.adopt(client, server: self, isOverload: verdict == .overload) }
        }
    }

    /// The TLS that a client of this host is spoken to with.
    func tls(for host: String) -> TLSContext? { host.isEmpty ? nil : tls.withLock { $0 } }

    private func turnAway(_ client: Arrival) {
        let socket = Socket(owning: client.descriptor)
        // A client of TLS could not read an answer.
        guard tls(for: client.host) == nil else { return }
        let id = freshID()
        let response = refuse(.overloaded, id)
        guard case .bytes(let body) = response.body else { return }
        var bytes: [UInt8] = []
        var encoder = ResponseEncoder()
        encoder.encode(
            response, framing: .length(body.count), requestID: id, keepsAlive: false, minorVersion: 1, to: &bytes)
        bytes += body
        _ = socket.write(bytes, from: 0)
        socket.shutdownWriting()
        log?(AccessRecord(refusal: response.status, bytesOut: body.count, id: id, remoteAddress: client.host))
    }

    func connectionClosed(_ host: String) {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.admission.leave(host)
            guard state.admission.count == 0 else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        waiting?.resume()
    }

    /// Counts a request whose answer takes time.
    func begin() { inFlight.add(1) }
    func end() { inFlight.add(-1) }
    var isBusy: Bool { inFlight.value >= limits.requestsInFlight }

    /// Stops accepting, lets what is in flight finish, closes what is idle, and cuts the rest after `timeout`.
    package func shutDown(within timeout: Duration) async {
        draining.store(true, ordering: .relaxed)
        while let listener = state.withLock({ $0.listeners.popLast() }) { await listener.stop() }
        for loop in loops { await loop.drain(cut: false) }
        let cutter = Task {
            try await Task.sleep(for: timeout)
            for loop in self.loops { await loop.drain(cut: true) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.admission.count > 0 { state.whenEmpty = continuation }
                return state.admission.count == 0
            }
            if isEmpty { continuation.resume() }
        }
        cutter.cancel()
        for loop in loops { await loop.stop() }
    }

    /// The client's own id where it is 1 to 64 visible ASCII characters, else a fresh one.
    func requestID(_ fields: RequestFields) -> String {
        if let id = fields[.requestID], 1...64 ~= id.utf8.count, id.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) { return id }
        return freshID()
    }

    func freshID() -> String {
        var number = requests.wrappingAdd(1, ordering: .relaxed).newValue
        return unsafe String(unsafeUninitializedCapacity: number < Self.shortIDs ? 15 : 20) { bytes in
            var end = idPrefix.count
            for index in 0..<end { unsafe bytes[index] = idPrefix[index] }
            // From the last digit on, which the first comes to be.
            repeat {
                unsafe bytes[end] = Self.digits[Int(number % 36)]
                number /= 36
                end += 1
            } while number > 0
            unsafe bytes[idPrefix.count..<end].reverse()
            return end
        }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id") ?? .via
}
