import HTTP
import Models

extension WorkQueues {
    /// Reads a body: a short one at once, others where no connection waits for it, and among their likes.
    func parse<Result: Sendable>(
        _ request: Request,
        _ read: @escaping @Sendable (_ isAbandoned: @escaping @Sendable () -> Bool) throws -> Result
    ) async throws -> Result {
        switch request.body.count {
        case ..<4096: try read { false }
        case ..<65_536: try await run(.short, for: request.remoteAddress, read)
        default: try await run(.long, for: request.remoteAddress, read)
        }
    }
}
