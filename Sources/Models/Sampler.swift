import Dispatch

/// Where samples are made and rows are scored: beside the training and off the connections' queues.
package final class Sampler: Sendable {
    private let queue = DispatchQueue(label: "gand.sampler", qos: .userInitiated, attributes: .concurrent)

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
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}
