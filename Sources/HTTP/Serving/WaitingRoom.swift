import Synchronization

/// The requests that wait for something to happen: the end of a job, a first snapshot, the next event. They cost little
/// and last long, so they do not count as requests in flight; limits of their own keep connections free for other
/// requests.
package final class WaitingRoom: Sendable {
    /// A place in the room, freed with the value.
    package final class Place: Sendable {
        private let room: WaitingRoom
        private let host: String

        fileprivate init(in room: WaitingRoom, for host: String) { (self.room, self.host) = (room, host) }

        deinit { room.waiting.withLock { $0.remove(host) } }
    }

    private let limits: Limits
    private let inFlight: Gauge
    private let waiting = Mutex(Tally())

    /// - Parameter inFlight: the server's count of requests in flight.
    package init(limits: Limits = Limits(), inFlight: Gauge = Gauge()) {
        (self.limits, self.inFlight) = (limits, inFlight)
    }

    /// The number of waiting requests.
    package var count: Int { waiting.withLock(\.count) }

    /// Takes a place for an answer that waits while it is sent; `nil` where no place is left for the client.
    package func enter(_ request: Request) -> Place? {
        let host = request.remoteAddress
        let isWelcome = waiting.withLock { waiting in
            guard waiting.count < limits.waiting, waiting[host] < limits.waitingPerAddress else { return false }
            waiting.add(host)
            return true
        }
        return isWelcome ? Place(in: self, for: host) : nil
    }

    /// Waits in a place before there is an answer; `nil` at once where no place is left for the client.
    package func wait<Result>(
        _ request: Request, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result? {
        guard let place = enter(request) else { return nil }
        inFlight.add(-1)
        defer {
            inFlight.add(1)
            withExtendedLifetime(place) {}
        }
        return try await body()
    }
}
