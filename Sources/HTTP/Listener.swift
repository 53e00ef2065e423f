import Dispatch

/// A listening socket and the source that tells of clients.
actor Listener {
    nonisolated let executor = QueueExecutor(label: "gand.http.listener")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let socket: Socket
    private let server: Server
    private var source: (any DispatchSourceRead)?
    /// Whether the source is suspended; a suspended one cannot be cancelled.
    private var isPaused = false

    init(_ socket: consuming Socket, server: Server) {
        self.socket = socket
        self.server = server
    }

    func start() {
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.accept() } }
        // The descriptor stays open until Dispatch has let go of it.
        source.setCancelHandler { withExtendedLifetime(self) {} }
        source.resume()
        self.source = source
    }

    func stop() {
        // The kernel resets whoever is left in the backlog.
        accept()
        if isPaused { source?.resume() }
        source?.cancel()
        source = nil
        if case .unix(let path) = socket.localAddress { Socket.remove(path) }
    }

    private func accept() {
        do throws(SocketError) {
            while let client = try socket.accept() { server.adopt(client) }
        } catch {
            guard error.isExhaustion, let source, !isPaused else { return }
            // Out of descriptors: clients wait in the backlog until some are given back.
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
