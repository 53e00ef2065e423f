import Dispatch
import Synchronization

/// Where samples are made, rows are read and scored and the store is read: beside the training and off the connections'
/// queues. Long work has threads of its own, and no client all of them: it never keeps short work waiting.
package final class WorkQueues: Sendable {
    /// How long work takes.
    package enum Length: Sendable {
        /// Some milliseconds.
        case short
        case long
    }

    private let short: WorkQueue
    private let long: WorkQueue

    /// A serial queue has a thread of its own, however many samples the others are busy with.
    private let readings = DispatchQueue(label: "gand.readings", qos: .userInitiated)

    /// Work of fewer floating-point operations takes no longer than the way to the queue and back.
    package static let shortestWork = 4_000_000
    /// Work of more is long.
    private static let longestShortWork = 2_000_000_000

    package init(threads: Int) {
        let threads = max(2, threads)
        short = WorkQueue(label: "gand.work.short", slots: threads, slotsPerClient: threads)
        // More of them than processors, which then share their time among all: a long piece does not hold up a longer one.
        long = WorkQueue(label: "gand.work.long", slots: 2 * threads, slotsPerClient: threads)
    }

    /// Runs work off the caller's queue, unless it takes no longer than the way there and back.
    ///
    /// - Parameters:
    ///   - operations: the floating-point operations that it takes.
    ///   - client: whose it is.
    ///   - body: is given a way to ask whether nobody waits for it any more.
    package func run<Result: Sendable>(
        operations: Int, for client: String,
        _ body: @escaping @Sendable (_ isAbandoned: @escaping @Sendable () -> Bool) throws -> Result
    ) async throws -> Result {
        guard operations >= Self.shortestWork else { return try body { false } }
        return try await run(operations < Self.longestShortWork ? .short : .long, for: client, body)
    }

    /// Runs work off the caller's queue.
    ///
    /// - Throws: `CancellationError` where its turn comes when nobody waits for it any more, and what `body` throws.
    package func run<Result: Sendable>(
        _ length: Length, for client: String,
        _ body: @escaping @Sendable (_ isAbandoned: @escaping @Sendable () -> Bool) throws -> Result
    ) async throws -> Result {
        let abandonment = Abandonment()
        let queue = length == .short ? short : long
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.run(for: client) {
                    continuation.resume(
                        with: Swift.Result {
                            guard !abandonment.isOver else { throw CancellationError() }
                            return try body { abandonment.isOver }
                        })
                }
            }
        } onCancel: {
            abandonment.begin()
        }
    }

    /// Reads from the store, which does not wait for samples.
    package func read<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            readings.async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}

/// Whether nobody waits for an answer any more. A client that has closed its end may still be reading, and is given a second.
private final class Abandonment: Sendable {
    private let began = Mutex<ContinuousClock.Instant?>(nil)
    private let hasBegun = Atomic(false)

    private static let patience: Duration = .seconds(1)

    func begin() {
        began.withLock { $0 = .now }
        hasBegun.store(true, ordering: .releasing)
    }

    var isOver: Bool {
        guard hasBegun.load(ordering: .acquiring), let began = began.withLock(\.self) else { return false }
        return .now - began > Self.patience
    }
}
