import Foundation
import Synchronization

/// Tells those who follow a job that there is another event of it.
package final class Events: Sendable {
    private struct State {
        var followers: [String: [UUID: AsyncStream<Void>.Continuation]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    init() {}

    /// How many follow.
    package var followerCount: Int { state.withLock { $0.followers.values.reduce(0) { $0 + $1.count } } }

    func announce(_ job: String) {
        state.withLock { state in
            for continuation in (state.followers[job] ?? [:]).values { continuation.yield() }
        }
    }

    /// Ends every stream, now and from now on: the server stops, and whoever follows comes back to the next one.
    package func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.followers = [:] }
            return state.followers.values.flatMap(\.values)
        }
        for continuation in all { continuation.finish() }
    }

    /// A signal whenever there may be another event; several are one until it is read.
    func signals(of job: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        let isClosed = state.withLock { state in
            if !state.isClosed { state.followers[job, default: [:]][id] = continuation }
            return state.isClosed
        }
        if isClosed { continuation.finish() }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.followers[job]?[id] = nil
                if state.followers[job]?.isEmpty == true { state.followers[job] = nil }
            }
        }
        return stream
    }
}

/// One reader of a job's events: those that there are, then each as it comes, until the job is over.
package actor Follower {
    private let store: Store
    private let job: String
    private let signals: AsyncStream<Void>
    private var position: Int
    private var page: ArraySlice<Event> = []

    private static let pageSize = 256

    /// - Parameter position: the number of the last event that the reader has.
    package init(of job: String, after position: Int, in store: Store) {
        self.store = store
        self.job = job
        self.position = position
        // Before the first look at the store, so that nothing falls between the two.
        signals = store.events.signals(of: job)
    }

    /// The next event; `nil` behind the last, and when the server stops.
    package func next() async throws -> Event? {
        while page.isEmpty {
            // In this order: what is over when it is asked has all its events.
            let isOver = try store.job(job).status.isTerminal
            page = try store.events(ofJob: job, after: position, limit: Self.pageSize)[...]
            guard page.isEmpty else { break }
            guard !isOver, await isSignaled() else { return nil }
        }
        let event = page.removeFirst()
        position = event.number
        return event
    }

    private func isSignaled() async -> Bool {
        for await _ in signals { return true }
        return false
    }
}
