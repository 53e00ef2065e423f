import Foundation
import Synchronization

/// Tells those who follow a job that there is another event of it; or of a model, that it serves something else.
package final class Events: Sendable {
    private struct State {
        var followers: [String: [UUID: AsyncStream<Void>.Continuation]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    init() {}

    /// How many follow.
    package var followerCount: Int { state.withLock { $0.followers.values.reduce(0) { $0 + $1.count } } }

    func announce(_ name: String) {
        state.withLock { state in
            for continuation in (state.followers[name] ?? [:]).values { continuation.yield() }
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

    /// A signal whenever there may be another event, at most until the deadline; several are one until it is read.
    func signals(of name: String, until deadline: ContinuousClock.Instant? = nil) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        let isClosed = state.withLock { state in
            if !state.isClosed { state.followers[name, default: [:]][id] = continuation }
            return state.isClosed
        }
        let clock = deadline.map { deadline in
            Task {
                try await Task.sleep(until: deadline)
                continuation.finish()
            }
        }
        continuation.onTermination = { [weak self] _ in
            clock?.cancel()
            self?.state.withLock { state in
                state.followers[name]?[id] = nil
                if state.followers[name]?.isEmpty == true { state.followers[name] = nil }
            }
        }
        if isClosed { continuation.finish() }
        return stream
    }
}
