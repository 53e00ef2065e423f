import Dispatch
import Synchronization

/// Where samples are made, rows are scored and the store is read: beside the training and off the connections' queues.
package final class Sampler: Sendable {
    private let queue = DispatchQueue(label: "gand.sampler", qos: .userInitiated, attributes: .concurrent)

    /// A serial queue has a thread of its own, however many samples the others are busy with.
    private let readings = DispatchQueue(label: "gand.readings", qos: .userInitiated)

    /// Work of fewer floating-point operations takes no longer than the way to the queue and back.
    private static let shortestWork = 4_000_000

    package init() {}

    /// The same as `run(_:)`, but on the caller's queue where the work is short.
    package func run<Result: Sendable>(
        operations: Int, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        operations < Self.shortestWork ? try body() : try await run(body)
    }

    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await Self.run(body, on: queue)
    }

    /// The same of work that may be given up: it is told whether the task that waits for it is cancelled.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable (_ isCancelled: () -> Bool) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await run { try body { cancellation.isSet.load(ordering: .relaxed) } }
        } onCancel: {
            cancellation.isSet.store(true, ordering: .relaxed)
        }
    }

    private final class Cancellation: Sendable {
        let isSet = Atomic(false)
    }

    /// The same for what is read from the store, which does not wait for samples.
    package func read<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await Self.run(body, on: readings)
    }

    private static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result, on queue: DispatchQueue
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}
