import Formats
import Foundation
import Logging
import Synchronization

/// One line of the log as it is put together: text for people, or a JSON object.
struct LogLine {
    private var json: JSONWriter?
    private var text: [UInt8] = []
    private let level: Logger.Level

    init(isJSON: Bool, level: Logger.Level, message: String) {
        self.level = level
        let time = Self.now()
        if isJSON {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("ts", time)
            writer.member("level", level.rawValue)
            writer.member("msg", message)
            json = writer
        } else {
            text = Array("\(time) \(level.rawValue) \(message.printable)".utf8)
        }
    }

    mutating func member(_ name: String, _ value: String) {
        guard json == nil else { return json!.member(name, value) }
        text.append(UInt8(ascii: " "))
        text += name.utf8
        text.append(UInt8(ascii: "="))
        // A value that ends the line would begin one of its own.
        text += value.printable.utf8
    }

    mutating func member(_ name: String, _ value: Int) {
        guard json == nil else { return json!.member(name, value) }
        member(name, String(value))
    }

    mutating func member(_ name: String, seconds: Double) {
        guard json == nil else {
            json!.key(name)
            return json!.value(seconds, decimals: 6)
        }
        var digits: [UInt8] = []
        digits.append(seconds, decimals: 6)
        member(name, String(decoding: digits, as: UTF8.self))
    }

    /// Hands the line over to the log.
    consuming func write() {
        json?.endObject()
        LogOutput.standard.append((json?.bytes ?? text) + [UInt8(ascii: "\n")], atOnce: level >= .error)
    }

    /// The time of the last line's second, which most lines share.
    private static let second = Mutex((since1970: -1, text: ""))

    private static func now() -> String {
        let now = Date.now
        let milliseconds = Int(now.timeIntervalSince1970 * 1000)
        let whole = second.withLock { second in
            if second.since1970 != milliseconds / 1000 {
                second = (milliseconds / 1000, String(now.formatted(.iso8601).dropLast()))
            }
            return second.text
        }
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return "\(whole).\(fraction)Z"
    }
}
