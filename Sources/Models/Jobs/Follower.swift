/// One reader of a job's events: those that there are, then each as it comes, until the job is over.
package actor Follower {
    private let store: Store
    private let job: String
    private let signals: AsyncStream<Void>
    private var position: Int
    private var page: ArraySlice<Event> = []
    /// Events that the reader still wants.
    private var wanted: Int
    /// Whether the store may have events that no signal will tell of.
    private var mayHaveMore = true
    /// Whether no other event will come; `nil` before the first look.
    private var isOver: Bool?

    private static let pageSize = 256

    /// - Parameters:
    ///   - position: the number of the last event that the reader has.
    ///   - limit: how many it wants at most.
    package init(of job: String, after position: Int, limit: Int = .max, in store: Store) {
        self.store = store
        self.job = job
        self.position = position
        wanted = limit
        // Before the first look at the store, so that nothing falls between the two.
        signals = store.events.signals(of: job)
    }

    /// The next event; `nil` behind the last, and when the server stops.
    package func next() async throws -> Event? {
        guard wanted > 0 else { return nil }
        while page.isEmpty {
            if !mayHaveMore { guard isOver != true, await isSignaled() else { return nil } }
            // In this order: what is over when it is asked has all its events.
            if isOver == nil { isOver = try store.job(job).status.isTerminal }
            page = try store.events(ofJob: job, after: position, limit: min(wanted, Self.pageSize))[...]
            mayHaveMore = page.count == Self.pageSize
        }
        let event = page.removeFirst()
        position = event.number
        wanted -= 1
        // The last event of every job; who reads it need not ask whether there is another.
        if event.content == .done { isOver = true }
        return event
    }

    private func isSignaled() async -> Bool {
        for await _ in signals { return true }
        return false
    }
}
