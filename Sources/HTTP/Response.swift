package import HTTPTypes

/// An answer.
package struct Response: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(BodyStream)
    }

    package var status: HTTPResponse.Status
    package var fields: HTTPFields
    package var body: Body

    package init(status: HTTPResponse.Status, fields: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// A body that is made while it is sent.
///
/// The next piece is asked for when the last one went out to the socket, so a slow reader costs no memory. `nil` ends the
/// body; a throw cuts it short so that the client sees the truncation.
package struct BodyStream: Sendable {
    package var next: @Sendable () async throws -> [UInt8]?

    package init(_ next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }
}

/// What a handler gives: an answer at once, without leaving the connection's queue, or one that has to be waited for.
package enum Reply: Sendable {
    case now(Response)
    case later(@Sendable () async -> Response)
}

/// What answers requests; runs on the connection's queue.
package typealias Handler = @Sendable (Request) -> Reply
