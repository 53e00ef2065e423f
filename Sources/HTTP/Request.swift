package import HTTPTypes

/// A request, complete with its body.
package struct Request: Sendable {
    package var method: HTTPRequest.Method
    /// The path as the client sent it, without the query.
    package var rawPath: String
    /// The path's segments, percent-decoded; a trailing slash makes none.
    package var segments: [String]
    /// Decoded names and values, in the order sent.
    package var query: [(name: String, value: String)]
    package var fields: HTTPFields
    package var body: [UInt8]
    /// What the route's pattern found in the path.
    package var parameters: [String: String] = [:]
    /// The pattern of the route, once there is one: what logs show instead of the path.
    package var route: String?
    /// `X-Request-Id`, the client's or our own.
    package var id: String
    package var remoteAddress: String
}
