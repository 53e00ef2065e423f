/// What a handler gives: an answer at once, without leaving the connection's queue, or one that has to be waited for.
package enum Reply: Sendable {
    case now(Response)
    case later(@Sendable () async -> Response)
}

/// What answers requests; runs on the connection's queue.
package typealias Handler = @Sendable (Request) -> Reply
