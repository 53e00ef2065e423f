import Formats
import Foundation
package import Logging

/// Writes log lines to standard output: text for people, or one JSON object a line.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let isJSON: Bool

    package init(level: Logger.Level, isJSON: Bool) {
        logLevel = level
        self.isJSON = isJSON
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let pairs = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        var line: [UInt8]
        if isJSON {
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("ts", Date.now.internetText)
                writer.member("level", event.level.rawValue)
                writer.member("msg", event.message.description)
                for (name, value) in pairs { writer.member(name, value.description) }
            }
            line = writer.bytes
        } else {
            let text = pairs.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            line = Array("\(Date.now.internetText) \(event.level.rawValue) \(event.message) \(text)".utf8)
        }
        line.append(UInt8(ascii: "\n"))
        // One write a line, so that lines of different threads do not mix.
        FileHandle.standardOutput.write(Data(line))
    }
}
