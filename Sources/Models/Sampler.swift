import Dispatch

/// Where samples are made and rows are scored: beside the training and off the connections' queues.
package final class Sampler: Sendable {
    private let queue = DispatchQueue(label: "gand.sampler", qos: .userInitiated, attributes: .concurrent)

    package init() {}

    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}
