import Dispatch
import HTTPTypes
import Synchronization

/// What is known of a request once it has been answered.
package struct AccessRecord: Sendable {
    package var method: String
    package var path: String
    package var status: Int
    package var duration: Duration
    package var bytesIn: Int
    package var bytesOut: Int
    package var id: String
    package var remoteAddress: String
}

/// Listens, accepts, and hands every client to one of a few event loops, one a core.
package final class Server: Sendable {
    private struct State {
        var listeners: [Listener] = []
        var connections = 0
        var isDraining = false
        var turn = 0
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    let limits: Limits
    let handler: Handler
    let refuse: @Sendable (Refusal, _ requestID: String) -> Response
    let log: (@Sendable (AccessRecord) -> Void)?
    private let loops: [EventLoop]
    private let state = Mutex(State())
    private let draining = Atomic(false)
    private let requests = Atomic<UInt64>(0)
    private let idPrefix = String(UInt64.random(in: .min ... .max), radix: 36)

    /// - Parameters:
    ///   - threads: the number of event loops.
    ///   - refuse: the answer to a request that the server refuses by itself; its body must be bytes.
    ///   - log: called once for each request that a handler answered.
    package init(
        limits: Limits = Limits(), threads: Int, handler: @escaping Handler,
        refuse: @escaping @Sendable (Refusal, _ requestID: String) -> Response,
        log: (@Sendable (AccessRecord) -> Void)? = nil
    ) {
        self.limits = limits
        self.handler = handler
        self.refuse = refuse
        self.log = log
        loops = (0..<max(1, threads)).map(EventLoop.init)
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

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Hands a client to the next event loop, or turns it away.
    func adopt(_ descriptor: Int32, remoteAddress: String) {
        let loop: EventLoop? = state.withLock { state in
            guard state.connections < limits.connections, !state.isDraining else { return nil }
            state.connections += 1
            state.turn = (state.turn + 1) % loops.count
            return loops[state.turn]
        }
        guard let loop else { return turnAway(Socket(owning: descriptor)) }
        loop.executor.queue.async {
            loop.assumeIsolated { $0.adopt(descriptor, remoteAddress: remoteAddress, server: self) }
        }
    }

    private func turnAway(_ socket: consuming Socket) {
        let response = refuse(.overloaded, freshID())
        guard case .bytes(let body) = response.body else { return }
        var bytes: [UInt8] = []
        var encoder = ResponseEncoder()
        encoder.encode(
            response, framing: .length(body.count), requestID: "", keepsAlive: false, minorVersion: 1, to: &bytes)
        bytes += body
        _ = socket.write(bytes, from: 0)
    }

    func connectionClosed() {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.connections -= 1
            guard state.connections == 0 else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        waiting?.resume()
    }

    /// Stops accepting, lets what is in flight finish, closes what is idle, and cuts the rest after `timeout`.
    package func shutDown(within timeout: Duration) async {
        draining.store(true, ordering: .relaxed)
        let listeners = state.withLock { state in
            state.isDraining = true
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { await listener.stop() }
        for loop in loops { await loop.drain(cut: false) }
        let cutter = Task {
            try await Task.sleep(for: timeout)
            for loop in self.loops { await loop.drain(cut: true) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.connections > 0 { state.whenEmpty = continuation }
                return state.connections == 0
            }
            if isEmpty { continuation.resume() }
        }
        cutter.cancel()
    }

    /// The client's own id where it is 1 to 64 visible ASCII characters, else a fresh one.
    func requestID(_ fields: HTTPFields) -> String {
        if let id = fields[.requestID], 1...64 ~= id.utf8.count, id.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) { return id }
        return freshID()
    }

    func freshID() -> String {
        let number = requests.wrappingAdd(1, ordering: .relaxed).newValue
        return idPrefix + "-" + String(number, radix: 36)
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id") ?? .via
}
