import Dispatch
import Synchronization

/// Listens, accepts, and hands every client to one of a few event loops, one a core.
package final class Server: Sendable {
    private let context: ServerContext
    private let loops: [EventLoop]
    private let listeners = Mutex<[Listener]>([])
    /// Counts clients, to hand each to another loop than the last.
    private let turn = Atomic(0)

    package var router: Router { context.router }

    /// - Parameters:
    ///   - threads: number of event loops.
    ///   - tls: spoken on every listener but Unix-domain sockets.
    ///   - overloaded: answers instead of `router` while there are too many connections or requests.
    ///   - refuse: the answer to a request that the server refuses by itself; its body must be bytes.
    ///   - inFlight: counts the requests whose answers are being made.
    ///   - log: called once for each answered request, also where the client left before the end of the answer.
    package init(
        limits: Limits = Limits(), threads: Int, tls: TLSContext? = nil, router: Router, overloaded: Router,
        refuse: @escaping @Sendable (Refusal, _ requestID: String) -> Response,
        inFlight: Gauge = Gauge(), log: (@Sendable (AccessRecord) -> Void)? = nil
    ) throws(SocketError) {
        context = ServerContext(
            limits: limits, tls: tls, router: router, overloaded: overloaded, refuse: refuse, inFlight: inFlight,
            log: log)
        if tls != nil { Socket.ignoreBrokenPipes() }
        var loops: [EventLoop] = []
        for index in 0..<max(1, threads) { loops.append(try EventLoop(index: index)) }
        self.loops = loops
        for loop in loops { loop.executor.queue.sync { loop.assumeIsolated { $0.start() } } }
    }

    /// Begins to accept.
    ///
    /// - Returns: the bound address, with the system's choice of port where `address` has port 0.
    package func listen(on address: SocketAddress) throws(SocketError) -> SocketAddress {
        let socket = try Socket.listen(on: address)
        let bound = socket.localAddress
        let listener = Listener(socket) { self.adopt($0) }
        listeners.withLock { $0.append(listener) }
        listener.executor.queue.sync { listener.assumeIsolated { $0.start() } }
        return bound
    }

    /// Uses another certificate for the connections to come.
    package func reload(_ tls: TLSContext) { context.reload(tls) }

    /// Hands a client to the next event loop, or turns it away.
    private func adopt(_ client: Arrival) {
        let verdict = context.clients.admit(client.host)
        guard verdict != .turnedAway else { return turnAway(client) }
        let loop = loops[turn.wrappingAdd(1, ordering: .relaxed).newValue % loops.count]
        loop.executor.run {
            loop.assumeIsolated { $0.adopt(client, context: self.context, isOverload: verdict == .overload) }
        }
    }

    private func turnAway(_ client: Arrival) {
        let socket = Socket(owning: client.descriptor)
        // A client of TLS could not read an answer.
        guard context.tls(for: client.host) == nil else { return }
        let id = context.ids.fresh()
        let response = context.refuse(.overloaded, id)
        guard case .bytes(let body) = response.body else { return }
        var bytes: [UInt8] = []
        var encoder = ResponseEncoder()
        encoder.encode(
            response, framing: .length(body.count), requestID: id, keepsAlive: false, minorVersion: 1, to: &bytes)
        bytes += body
        _ = socket.write(bytes, from: 0)
        socket.shutdownWriting()
        context.log?(AccessRecord(refusal: response.status, bytesOut: body.count, id: id, remoteAddress: client.host))
    }

    /// Stops accepting, lets requests in flight finish, closes idle connections, and cuts the rest after `timeout`.
    package func shutDown(within timeout: Duration) async {
        context.beginDraining()
        while let listener = listeners.withLock({ $0.popLast() }) { await listener.stop() }
        for loop in loops { await loop.drain(cut: false) }
        let cutter = Task {
            try await Task.sleep(for: timeout)
            for loop in self.loops { await loop.drain(cut: true) }
        }
        await context.clients.waitUntilNone()
        cutter.cancel()
        for loop in loops { await loop.stop() }
    }
}
