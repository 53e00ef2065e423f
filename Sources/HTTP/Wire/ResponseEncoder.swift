import HTTPTypes

/// Turns answers into bytes.
struct ResponseEncoder {
    /// The framing of the body (RFC 9112 §6.3).
    enum Framing: Sendable, Equatable {
        case length(Int)
        case chunked
        /// Until the connection closes: for HTTP/1.0.
        case close
        /// No body and no length: RFC 9110 §8.6 for 204 and 304.
        case none
    }

    private var dateSecond = 0
    private var date: [UInt8] = []

    /// Appends the head of an answer.
    mutating func encode(
        _ response: Response, framing: Framing, requestID: String, keepsAlive: Bool, minorVersion: Int,
        to bytes: inout [UInt8]
    ) {
        bytes += response.encodedHead ?? Self.statusAndFields(of: response)
        bytes.append(contentsOf: "Date: ".utf8)
        refreshDate()
        bytes.append(contentsOf: date)
        bytes.append(contentsOf: "\r\n".utf8)
        if !requestID.isEmpty {
            bytes.append(contentsOf: "X-Request-Id: ".utf8)
            bytes.append(contentsOf: requestID.utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        switch framing {
        case .length(let length):
            bytes.append(contentsOf: "Content-Length: ".utf8)
            Self.append(length, to: &bytes)
            bytes.append(contentsOf: "\r\n".utf8)
        case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        case .close, .none: break
        }
        if !keepsAlive {
            bytes.append(contentsOf: "Connection: close\r\n".utf8)
        } else if minorVersion == 0 {
            bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// The status line and the answer's own fields.
    static func statusAndFields(of response: Response) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes.append(contentsOf: "HTTP/1.1 ".utf8)
        append(response.status.code, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: response.status.reasonPhrase.utf8)
        bytes.append(contentsOf: "\r\n".utf8)
        for field in response.fields {
            bytes.append(contentsOf: field.name.rawName.utf8)
            bytes.append(contentsOf: ": ".utf8)
            bytes.append(contentsOf: field.value.utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        return bytes
    }

    /// Appends one chunk (RFC 9112 §7.1).
    static func encodeChunk(_ chunk: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(chunk.count, radix: 16).utf8)
        bytes.append(contentsOf: "\r\n".utf8)
        bytes.append(contentsOf: chunk)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    static let lastChunk = Array("0\r\n\r\n".utf8)
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + number / divisor % 10))
            divisor /= 10
        }
    }

    /// The Date field (RFC 9110 §5.6.7), made once a second.
    private mutating func refreshDate() {
        let second = Socket.wallClockSeconds()
        guard second != dateSecond else { return }
        dateSecond = second
        // Civil from days (Hinnant, "chrono-compatible low-level date algorithms").
        let days = second / 86_400
        let z = days + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
        let time = [second / 3600 % 24, second / 60 % 60, second % 60].map(padded).joined(separator: ":")
        date = Array("\(weekday), \(padded(day)) \(name) \(year) \(time) GMT".utf8)
    }
}
