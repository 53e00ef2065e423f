import Dispatch

/// A listening socket, and the Dispatch source that reports its clients.
actor Listener {
    nonisolated let executor = QueueExecutor(label: "gand.http.listener")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// `nil` once it is closed.
    private var socket: Socket?
    private let adopt: @Sendable (Arrival) -> Void
    private var source: (any DispatchSourceRead)?
    /// Whether the source is suspended; a suspended source cannot be cancelled.
    private var isPaused = false
    private var stopped: CheckedContinuation<Void, Never>?

    /// - Parameter adopt: gets every client, on the listener's queue.
    init(_ socket: consuming Socket, adopt: @escaping @Sendable (Arrival) -> Void) {
        self.socket = .some(socket)
        self.adopt = adopt
    }

    func start() {
        guard let descriptor = socket?.descriptor else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.accept() } }
        // The descriptor stays open until Dispatch has released it.
        source.setCancelHandler { self.assumeIsolated { $0.end() } }
        source.resume()
        self.source = source
    }

    /// Returns when the last client has been accepted and the socket is closed.
    func stop() async {
        guard let source else { return }
        self.source = nil
        if isPaused { source.resume() }
        await withCheckedContinuation { continuation in
            stopped = continuation
            source.cancel()
        }
    }

    /// Closing the socket resets clients in the backlog or on their way to it: so new clients are blocked first, and
    /// those on their way get the time to arrive.
    private func end() {
        socket?.refuseClients()
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(50)) { self.assumeIsolated { $0.close() } }
    }

    private func close() {
        accept()
        if case .unix(let path)? = socket?.localAddress { Socket.remove(path) }
        // Closed now, not when Dispatch releases the listener: a client that connects meanwhile would be reset, too.
        socket = nil
        stopped?.resume()
        stopped = nil
    }

    private func accept() {
        do throws(SocketError) {
            while let client = try socket?.accept() { adopt(client) }
        } catch {
            guard error.isExhaustion, let source, !isPaused else { return }
            // Out of descriptors: clients wait in the backlog until some are free.
            isPaused = true
            source.suspend()
            executor.queue.asyncAfter(deadline: .now() + .milliseconds(100)) { self.assumeIsolated { $0.goOn() } }
        }
    }

    private func goOn() {
        guard isPaused else { return }
        isPaused = false
        source?.resume()
    }
}
