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
