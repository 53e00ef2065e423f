package import HTTPTypes

/// An answer.
package struct Response: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(BodyStream)
    }

    package var status: HTTPResponse.Status { didSet { encodedHead = nil } }
    package var fields: HTTPFields { didSet { encodedHead = nil } }
    package var body: Body
    /// Whether the connection ends with this answer: there are too many of the client's.
    package var closesConnection = false
    /// The status line and the fields as bytes, once they have been written.
    var encodedHead: [UInt8]?

    package init(status: HTTPResponse.Status, fields: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The same answer, whose head is written now rather than each time that it is given.
    package func encoded() -> Response {
        var answer = self
        answer.encodedHead = ResponseEncoder.statusAndFields(of: self)
        return answer
    }
}

/// A body that is made while it is sent.
///
/// The next piece is asked for when the last one went out to the socket, so a slow reader costs no memory. `nil` ends the
/// body; a throw cuts it short so that the client sees the truncation. A client that goes away cancels the task that asks.
package struct BodyStream: Sendable {
    /// What is sent while there is nothing to send, so that neither end takes the other for gone.
    package struct Heartbeat: Sendable {
        package var interval: Duration
        package var bytes: [UInt8]

        package init(every interval: Duration, bytes: [UInt8]) {
            self.interval = interval
            self.bytes = bytes
        }
    }

    package var next: @Sendable () async throws -> [UInt8]?
    package var heartbeat: Heartbeat?
    /// Whether a client that has closed its end is taken to be gone, rather than to wait for the rest of its answer.
    package var endsWithClient = false

    package init(_ next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }
}

/// What a handler gives: an answer at once, without leaving the connection's queue, or one that has to be waited for.
package enum Reply: Sendable {
    case now(Response)
    case later(@Sendable () async -> Response)
}

/// What answers requests; runs on the connection's queue.
package typealias Handler = @Sendable (Request) -> Reply
