package import HTTPTypes

/// The head of a request, and how its body is framed.
package struct Head: Sendable {
    /// The framing of a body (RFC 9112 §6.3).
    package enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// The compression of a body.
    package enum Coding: Sendable, Equatable {
        case identity
        case gzip
    }

    package var method: HTTPRequest.Method
    package var fields: RequestFields
    /// The places of the path and the query in the bytes of the fields.
    package var path: Range<Int>
    package var query: Range<Int>
    /// The place of the request's host: in an absolute target, else in Host (RFC 9112 §3.2.2).
    package var authority: Range<Int>
    package var minorVersion = 1
    package var framing = Framing.none
    package var coding = Coding.identity
    package var keepsAlive = true
    package var expectsContinue = false

    /// Whether the escapes of the path and the query are valid.
    package var hasDecodableTarget: Bool {
        percentDecodedSegments(fields.bytes[path]) != nil && decodedQuery(fields.bytes[query]) != nil
    }
}
