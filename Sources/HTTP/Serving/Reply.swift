/// A handler's reply: an answer at once, on the connection's queue, or one that takes time, off the queue.
package enum Reply: Sendable {
    case now(Response)
    case later(@Sendable () async -> Response)
}

/// Answers requests; runs on the connection's queue.
package typealias Handler = @Sendable (Request) -> Reply
