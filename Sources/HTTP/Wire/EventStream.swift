import HTTPTypes

/// Server-Sent Events (WHATWG HTML, section 9.2), and the answer that carries them.
package enum EventStream {
    /// One event.
    package struct Event: Sendable, Equatable {
        /// What a client sends as `Last-Event-ID` when it comes back.
        package var id: String?
        package var name: String?
        package var data: String

        package init(id: String? = nil, name: String? = nil, data: String) {
            self.id = id
            self.name = name
            self.data = data
        }

        /// The event as it is sent. Line ends within an id or name would begin other fields, and become spaces.
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
            // Swift takes CR LF for one character.
            text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }
        }
    }

    /// An answer of events.
    ///
    /// - Parameters:
    ///   - heartbeat: how long the stream may be silent before a comment shows that it lives.
    ///   - next: the next event when there is one, or `nil` behind the last; its task is cancelled when the client goes.
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
                // nginx holds answers back unless told not to.
                .accelBuffering: "no",
            ], body: .stream(stream))
    }
}

extension HTTPField.Name {
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .via
}
