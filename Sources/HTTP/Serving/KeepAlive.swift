/// A connection's wait and its deadline: state without I/O.
package struct KeepAlive: Sendable {
    package enum Wait: Sendable, Equatable {
        /// For the first byte of a request.
        case idle
        /// For a request that may be on its way when the server begins to shut down.
        case draining
        /// For the end of a head, or of a TLS handshake.
        case head
        case body
        /// For the handler; no deadline, the handler has its own.
        case handler
        /// For the client to read.
        case writing
        /// For the client to read a refusal and close.
        case linger
    }

    /// The action at a check of the deadline.
    package enum Verdict: Sendable, Equatable {
        case wait
        case close
        /// Answer 408, then close.
        case refuse
    }

    let limits: Limits
    package private(set) var wait: Wait
    private var since: ContinuousClock.Instant
    private var progress = 0

    package init(limits: Limits, waitingFor wait: Wait, now: ContinuousClock.Instant) {
        self.limits = limits
        self.wait = wait
        since = now
    }

    /// Begins another wait; entering the same wait again does not restart its clock.
    ///
    /// While the client has an answer to read, no other wait begins: input that it sends meanwhile does not extend the
    /// deadline.
    package mutating func enter(_ next: Wait, now: ContinuousClock.Instant) {
        guard next != wait, wait != .writing else { return }
        wait = next
        since = now
        progress = 0
    }

    /// Ends the wait for a client to read: it is the server's turn, until another wait begins.
    package mutating func finishWriting() {
        if wait == .writing { wait = .handler }
    }

    /// Counts bytes received of a body or sent of an answer, during the wait for them; `progressBytes` of them restart
    /// the clock.
    package mutating func progress(_ count: Int, of awaited: Wait, now: ContinuousClock.Instant) {
        guard awaited == wait else { return }
        progress += count
        guard progress >= limits.progressBytes else { return }
        progress = 0
        since = now
    }

    package func verdict(now: ContinuousClock.Instant) -> Verdict {
        let limit: Duration
        switch wait {
        case .handler: return .wait
        case .idle: limit = limits.idleTimeout
        case .draining: limit = limits.drainTimeout
        case .head: limit = limits.headTimeout
        case .body, .writing: limit = limits.progressTimeout
        case .linger: limit = limits.lingerTimeout
        }
        guard now - since >= limit else { return .wait }
        switch wait {
        case .head, .body: return .refuse
        case .idle, .draining, .writing, .linger, .handler: return .close
        }
    }
}
