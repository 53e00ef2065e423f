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
