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
        var line = LogLine(isJSON: isJSON, level: event.level, message: event.message.description)
        for (name, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            line.member(name, value.description)
        }
        line.write()
    }
}
