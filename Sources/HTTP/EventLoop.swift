import Dispatch

/// Runs actors on a dispatch queue of their own.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}

/// One serial queue and the connections that live on it.
actor EventLoop {
    nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var connections: [ObjectIdentifier: Connection] = [:]
    private var timer: (any DispatchSourceTimer)?
    private var encoder = ResponseEncoder()

    init(index: Int) { executor = QueueExecutor(label: "gand.http.\(index)") }

    func adopt(_ descriptor: Int32, remoteAddress: String, server: Server) {
        let connection = Connection(
            Socket(owning: descriptor), remoteAddress: remoteAddress, loop: self, server: server)
        connections[ObjectIdentifier(connection)] = connection
        connection.assumeIsolated { $0.start() }
        if timer == nil { startTimer(every: server.limits.tick) }
    }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty {
            timer?.cancel()
            timer = nil
        }
    }

    /// Closes what is idle, and everything once `cut` is set.
    func drain(cut: Bool) {
        for connection in connections.values { connection.assumeIsolated { $0.drain(cut: cut) } }
    }

    /// The bytes of an answer's head.
    func head(
        of response: Response, framing: ResponseEncoder.Framing, requestID: String, keepsAlive: Bool,
        minorVersion: Int
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        encoder.encode(
            response, framing: framing, requestID: requestID, keepsAlive: keepsAlive, minorVersion: minorVersion,
            to: &bytes)
        return bytes
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
        let now = ContinuousClock.now
        for connection in connections.values { connection.assumeIsolated { $0.check(now) } }
    }
}
