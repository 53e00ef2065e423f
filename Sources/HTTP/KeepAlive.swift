/// What a connection is waiting for, and until when: state without I/O.
struct KeepAlive: Sendable {
    enum Wait: Sendable, Equatable {
        /// For the first byte of a request.
        case idle
        case head
        case body
        /// For the handler; no deadline, the handler has its own.
        case handler
        /// For the client to read.
        case writing
        /// For the client to read a refusal and close.
        case linger
    }

    /// What to do about a deadline that has passed.
    enum Verdict: Sendable, Equatable {
        case wait
        case close
        /// Answer 408, then close.
        case refuse
    }

    let limits: Limits
    private(set) var wait = Wait.idle
    private var since: ContinuousClock.Instant

    init(limits: Limits, now: ContinuousClock.Instant) {
        self.limits = limits
        since = now
    }

    /// Begins to wait for something else; the head's clock is not set back by further bytes of it.
    mutating func enter(_ next: Wait, now: ContinuousClock.Instant) {
        if next == .head, wait == .head { return }
        wait = next
        since = now
    }

    func verdict(now: ContinuousClock.Instant) -> Verdict {
        let limit: Duration
        switch wait {
        case .handler: return .wait
        case .idle: limit = limits.idleTimeout
        case .head: limit = limits.headTimeout
        case .body, .writing: limit = limits.progressTimeout
        case .linger: limit = limits.lingerTimeout
        }
        guard now - since >= limit else { return .wait }
        switch wait {
        case .head, .body: return .refuse
        case .idle, .writing, .linger, .handler: return .close
        }
    }
}
