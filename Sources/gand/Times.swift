import Foundation

/// Times in a table.
enum Times {
    /// A time of RFC 3339, in the local time zone.
    static func text(_ internet: String) -> String {
        guard let date = try? Date(internet, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) else {
            return internet
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter.string(from: date)
    }
}
