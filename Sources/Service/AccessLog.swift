import HTTP
import Logging

/// One line a request, at `info`; probes at `debug`, for they would be most of the log.
struct AccessLog: Sendable {
    let level: Logger.Level
    let isJSON: Bool
    /// The patterns of the probes.
    let probes: [String]

    func record(_ record: AccessRecord) {
        let isProbe = record.route.map(probes.contains) ?? false
        let recordLevel: Logger.Level = isProbe ? .debug : .info
        guard recordLevel >= level else { return }
        var line = LogLine(isJSON: isJSON, level: recordLevel, message: "request")
        line.member("request_id", record.id)
        line.member("method", record.method)
        // The route's pattern and never the target: a query may hold what should not be written down.
        line.member("route", record.route ?? "")
        line.member("status", record.status)
        line.member("duration_seconds", seconds: record.seconds)
        line.member("bytes_in", record.bytesIn)
        line.member("bytes_out", record.bytesOut)
        line.member("remote", record.remoteAddress)
        line.write()
    }
}
