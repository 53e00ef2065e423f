/// A body that is made while it is sent.
///
/// The next piece is made when the last one is sent to the socket, so a slow reader costs no memory. `nil` ends the
/// body; an error cuts it short, so that the client sees the truncation. A client that leaves cancels the task.
package struct BodyStream: Sendable {
    /// Bytes for a silent stream, so that neither end believes the other is gone.
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
    /// Whether a client that has ended its input is gone, rather than waiting for the rest of its answer.
    package var endsWithClient = false

    package init(_ next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }
}
