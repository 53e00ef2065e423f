package import HTTPTypes

/// A complete request, with its body.
package struct Request: Sendable {
    package var method: HTTPRequest.Method
    /// The path's segments, percent-decoded; a trailing slash adds none. A leading `v1`, the version of the API, is left
    /// out: one route, one policy.
    package var segments: [String]
    /// Decoded names and values, in the order sent.
    package var query: [(name: String, value: String)]
    package var fields: RequestFields
    package var body: Body
    /// The path's values for the pattern's `{name}`.
    package var parameters: [String: String] = [:]
    /// `X-Request-Id`, the client's or our own.
    package var id: String
    /// The client's numeric address; empty for a Unix-domain socket.
    package var remoteAddress: String
    /// Whether the target is the asterisk of OPTIONS: the whole server.
    package var isForServer: Bool
    private let authority: Range<Int>

    /// `nil` where the percent-encoding of the target is invalid.
    init?(_ head: Head, body: Body, id: String, remoteAddress: String) {
        let bytes = head.fields.bytes
        isForServer = bytes[head.path].elementsEqual("*".utf8)
        guard let segments = percentDecodedSegments(bytes[head.path]), let query = decodedQuery(bytes[head.query])
        else {
            return nil
        }
        method = head.method
        self.segments = segments.first == "v1" ? Array(segments.dropFirst()) : segments
        self.query = query
        fields = head.fields
        self.body = body
        self.id = id
        self.remoteAddress = remoteAddress
        authority = head.authority
    }

    /// The host and port of the request: an absolute target's, else those of Host (RFC 9112 §3.2.2).
    package var host: String { fields.text(authority) }
    /// The same, as bytes.
    package var hostBytes: ArraySlice<UInt8> { fields.bytes[authority] }

    /// Whether the client has an entity tag, by weak comparison (RFC 9110 §13.1.2).
    package func ifNoneMatch(_ tag: String) -> Bool {
        let opaque = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
        return fields[values: .ifNoneMatch].contains { list in
            list == "*"
                || list.split(separator: ",").contains { member in
                    let member = member.drop { $0 == " " }.prefix { $0 != " " }
                    return (member.hasPrefix("W/") ? member.dropFirst(2) : member) == opaque
                }
        }
    }
}
