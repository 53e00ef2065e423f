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
    /// Whether to close the connection after this answer: the client has too many.
    package var closesConnection = false
    /// The status line and the fields as bytes, if encoded ahead.
    var encodedHead: [UInt8]?

    package init(status: HTTPResponse.Status, fields: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The same answer with its head encoded ahead, for answers that are sent often.
    package func encoded() -> Response {
        var answer = self
        answer.encodedHead = ResponseEncoder.statusAndFields(of: self)
        return answer
    }
}
