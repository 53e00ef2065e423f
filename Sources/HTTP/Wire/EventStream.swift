import HTTPTypes

/// Server-Sent Events (WHATWG HTML, section 9.2), and the answer that streams them.
package enum EventStream {
    /// One event.
    package struct Event: Sendable, Equatable {
        /// The client's `Last-Event-ID` when it reconnects.
        package var id: String?
        package var name: String?
        package var data: String

        package init(id: String? = nil, name: String? = nil, data: String) {
            self.id = id
            self.name = name
            self.data = data
        }

        /// The event's bytes. Line ends within an id or name would begin other fields, and become spaces.
        package var bytes: [UInt8] {
            var text = ""
            if let id { text += "id: \(Self.oneLine(id))\n" }
            if let name { text += "event: \(Self.oneLine(name))\n" }
            for line in Self.lines(data) { text += "data: \(line)\n" }
            return Array((text + "\n").utf8)
        }

        private static func oneLine(_ text: String) -> String { lines(text).joined(separator: " ") }

        /// Split where a client would: at CR LF, LF or CR.
        private static func lines(_ text: String) -> [Substring] {
            // In Swift, CR LF is one character.
            text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
        }
    }

    /// An answer of events.
    ///
    /// - Parameters:
    ///   - heartbeat: the longest silence of the stream; then a comment is sent.
    ///   - next: waits for the next event, `nil` after the last; its task is cancelled when the client leaves.
    package static func response(
        heartbeat: Duration = .seconds(15), next: @escaping @Sendable () async throws -> Event?
    ) -> Response {
        var stream = BodyStream { try await next()?.bytes }
        stream.heartbeat = BodyStream.Heartbeat(every: heartbeat, bytes: Array(": ping\n\n".utf8))
        stream.endsWithClient = true
        return Response(
            status: .ok,
            fields: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                // nginx buffers answers unless told not to.
                .accelBuffering: "no",
            ], body: .stream(stream))
    }
}

extension HTTPField.Name {
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .via
}
