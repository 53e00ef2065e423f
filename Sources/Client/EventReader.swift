/// Parses the events of a byte stream (WHATWG HTML, section 9.2.6); a state machine without I/O.
package struct EventReader: Sendable {
    package struct Event: Sendable, Equatable {
        package var id: String?
        package var name: String
        package var data: String

        package init(id: String?, name: String, data: String) {
            self.id = id
            self.name = name
            self.data = data
        }
    }

    private var line: [UInt8] = []
    private var lastWasReturn = false
    private var name = ""
    private var data: [String] = []
    /// The client's `Last-Event-ID` when it reconnects.
    package private(set) var lastID: String?

    package init() {}

    /// Discards an unfinished event; the last event's id stays.
    package mutating func restart() {
        let id = lastID
        self = EventReader()
        lastID = id
    }

    /// The events that these bytes end.
    package mutating func read(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n") where lastWasReturn: lastWasReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                lastWasReturn = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            default:
                lastWasReturn = false
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { (name, data) = ("", []) }
            return data.isEmpty
                ? nil : Event(id: lastID, name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
        }
        // By bytes: an accent after the colon forms one character with it.
        let field = line.prefix { $0 != UInt8(ascii: ":") }
        var bytes = line.dropFirst(field.count + 1)
        if bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        let value = String(decoding: bytes, as: UTF8.self)
        switch String(decoding: field, as: UTF8.self) {
        case "event": name = value
        case "data": data.append(value)
        case "id": lastID = value
        // Comments begin with the colon; other fields are ignored.
        default: break
        }
        return nil
    }
}
