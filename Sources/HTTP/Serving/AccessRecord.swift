import HTTPTypes

/// What is known of a request once it has been answered.
package struct AccessRecord: Sendable {
    /// Empty where the server could not read the request.
    package var method: String
    /// The pattern of the route, never what the client sent; `nil` where none was found.
    package var route: String?
    package var status: Int
    package var duration: Duration
    package var bytesIn: Int
    package var bytesOut: Int
    package var id: String
    package var remoteAddress: String

    /// The duration; by its parts, for to divide it takes arithmetic of 128 bits.
    package var seconds: Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + 1e-18 * Double(attoseconds)
    }
}

extension AccessRecord {
    /// Of a refusal of which nothing is known but who got it.
    init(refusal status: HTTPResponse.Status, bytesOut: Int, id: String, remoteAddress: String) {
        self.init(
            method: "", route: nil, status: status.code, duration: .zero, bytesIn: 0, bytesOut: bytesOut, id: id,
            remoteAddress: remoteAddress)
    }
}
