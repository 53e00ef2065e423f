import HTTPTypes

/// One answered request, for the log and the metrics.
package struct AccessRecord: Sendable {
    /// Empty where the server could not read the request.
    package var method: String
    /// The pattern of the route, never the client's path; `nil` where no route was found.
    package var route: String?
    package var status: Int
    package var duration: Duration
    package var bytesIn: Int
    package var bytesOut: Int
    package var id: String
    package var remoteAddress: String

    /// The duration in seconds, made of its parts: a division of durations takes 128-bit arithmetic.
    package var seconds: Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + 1e-18 * Double(attoseconds)
    }
}

extension AccessRecord {
    /// A refusal of a request that could not be read.
    init(refusal status: HTTPResponse.Status, bytesOut: Int, id: String, remoteAddress: String) {
        self.init(
            method: "", route: nil, status: status.code, duration: .zero, bytesIn: 0, bytesOut: bytesOut, id: id,
            remoteAddress: remoteAddress)
    }
}
