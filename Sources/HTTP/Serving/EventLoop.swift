import Dispatch

/// One serial queue and its connections.
///
/// Dispatch watches the poller and the poller watches the sockets: under load one wake-up serves every ready socket,
/// and a request costs only two system calls, its read and its write.
actor EventLoop {
    nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var poller: Poller
    private var source: (any DispatchSourceRead)?
    private var timer: (any DispatchSourceTimer)?
    /// By slot; a free slot is `nil`.
    private var connections: [Connection?] = []
    private var freeSlots: [Int] = []
    /// Connections that yielded with work left.
    private var waiting: [Connection] = []
    private var isServingSoon = false

    /// The time of the last poll: exact enough for deadlines.
    private(set) var now = ContinuousClock.now
    /// Buffers of the connection whose turn it is; between turns it keeps leftovers of its own, and an idle connection
    /// keeps none.
    var input = InputBuffer()
    var output: [UInt8] = []
    var encoder = ResponseEncoder()
    let compressor = Compressor()

    /// Polls in a row before other work of the queue gets its turn.
    private static let roundsPerTurn = 32
    /// Milliseconds that the loop waits for an event before it leaves the wait to Dispatch.
    private static let patience: Int32 = 2

    init(index: Int) throws(SocketError) {
        let waker = try Waker()
        executor = QueueExecutor(label: "gand.http.\(index)") { waker.wake() }
        poller = try Poller()
        poller.add(waker.descriptor, token: Waker.token)
        output.reserveCapacity(64 * 1024)
    }

    /// Begins to listen to the poller.
    func start() {
        let source = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.serve() } }
        // The poller stays open until Dispatch has released it.
        source.setCancelHandler { withExtendedLifetime(self) {} }
        source.resume()
        self.source = source
    }

    /// Stops listening to the poller; the loop serves no connection from then on.
    func stop() {
        source?.cancel()
        source = nil
    }

    private func serve() {
        var count = 0
        for _ in 0..<Self.roundsPerTurn {
            let waited = waiting.isEmpty ? executor.wait { next(after: count) } : nil
            count = waited ?? poller.poll()
            now = .now
            for index in 0..<count {
                let event = poller[index]
                guard event.token != Waker.token else { continue }
                connections[Int(event.token)]?.handle(event, on: self)
            }
            guard waiting.isEmpty else { return serveWaiting() }
            guard count > 0 else { return }
        }
        serveSoon()
    }

    /// Waits briefly for events; `count` is the number at the last poll.
    ///
    /// Under load the next event is near, and waiting for it here costs far less than going through Dispatch. Where
    /// several clients sent at once, others are about to: they get the processor first, so that one poll finds many
    /// events, which costs far less than a sleep and a wake-up for each.
    private func next(after count: Int) -> Int {
        let more = count > 1 ? poller.pollAfterOthers() : 0
        return more > 0 ? more : poller.poll(forMilliseconds: Self.patience)
    }

    /// Gives every connection that yielded one turn; then the queue's other work comes first again.
    private func serveWaiting() {
        let again = waiting
        waiting.removeAll(keepingCapacity: true)
        for connection in again { connection.advance(on: self) }
    }

    private func serveSoon() {
        guard !isServingSoon else { return }
        isServingSoon = true
        executor.run {
            self.assumeIsolated { loop in
                loop.isServingSoon = false
                loop.serve()
            }
        }
    }

    /// Gives a connection another turn, after the connections that are ready now.
    func yield(_ connection: Connection) {
        waiting.append(connection)
        // The turn of an answer that took time begins outside of `serve`.
        serveSoon()
    }

    func adopt(_ client: Arrival, context: ServerContext, isOverload: Bool) {
        now = .now
        let slot = freeSlots.popLast() ?? connections.count
        if slot == connections.count { connections.append(nil) }
        connections[slot] = Connection(client, slot: slot, context: context, isOverload: isOverload, now: now)
        // No event of the slot's former connection is pending: clients are adopted between polls.
        poller.add(client.descriptor, token: UInt64(slot))
        if timer == nil { startTimer(every: context.limits.tick) }
    }

    func remove(_ connection: Connection) {
        connections[connection.slot] = nil
        // The socket itself may live on for as long as a task of the connection does.
        poller.remove(connection.transport.socket.descriptor)
        freeSlots.append(connection.slot)
        if freeSlots.count == connections.count {
            timer?.cancel()
            timer = nil
        }
    }

    /// Closes idle connections, or all if `cut`.
    func drain(cut: Bool) {
        now = .now
        for connection in connections { connection?.drain(cut: cut, on: self) }
    }

    private func startTimer(every tick: Duration) {
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        let interval = DispatchTimeInterval.milliseconds(Int(tick / .milliseconds(1)))
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(10))
        timer.setEventHandler { [weak self] in self?.assumeIsolated { $0.sweep() } }
        timer.resume()
        self.timer = timer
    }

    private func sweep() {
        now = .now
        for connection in connections { connection?.check(on: self) }
    }
}
