import Synchronization

/// The limits, routes, certificate, log and counts that all connections of a server share.
final class ServerContext: Sendable {
    let limits: Limits
    let bodyRoom: BodyRoom
    let clients: Clients
    let ids = RequestIDs()
    let router: Router
    /// Answers instead of `router` while there are too many connections or requests.
    let overloaded: Router
    let refuse: @Sendable (Refusal, _ requestID: String) -> Response
    let log: (@Sendable (AccessRecord) -> Void)?
    private let tls: Mutex<TLSContext?>
    private let draining = Atomic(false)
    private let inFlight: Gauge

    init(
        limits: Limits, tls: TLSContext?, router: Router, overloaded: Router,
        refuse: @escaping @Sendable (Refusal, _ requestID: String) -> Response, inFlight: Gauge,
        log: (@Sendable (AccessRecord) -> Void)?
    ) {
        self.limits = limits
        bodyRoom = BodyRoom(limits: limits)
        clients = Clients(limits: limits)
        self.router = router
        self.overloaded = overloaded
        self.refuse = refuse
        self.log = log
        self.tls = Mutex(tls)
        self.inFlight = inFlight
    }

    /// The TLS to speak with a client of this host; `nil` for plain text.
    func tls(for host: String) -> TLSContext? { host.isEmpty ? nil : tls.withLock { $0 } }

    /// Uses another certificate for the connections to come.
    func reload(_ context: TLSContext) { tls.withLock { $0 = context } }

    var isDraining: Bool { draining.load(ordering: .relaxed) }
    func beginDraining() { draining.store(true, ordering: .relaxed) }

    /// Counts a request whose answer takes time.
    func begin() { inFlight.add(1) }
    func end() { inFlight.add(-1) }
    var isBusy: Bool { inFlight.value >= limits.requestsInFlight }
}
