import HTTP
import Logging

/// One line a request, at `info`; probes at `debug`, for they would be most of the log.
struct AccessLog: Sendable {
    let logger: Logger

    func record(_ record: AccessRecord) {
        let isProbe = ["/livez", "/readyz", "/health"].contains(record.path)
        logger.log(
            level: isProbe ? .debug : .info, "request",
            metadata: [
                "request_id": "\(record.id)", "method": "\(record.method)", "path": "\(record.path)",
                "status": "\(record.status)", "duration_seconds": "\(record.duration / .seconds(1))",
                "bytes_in": "\(record.bytesIn)", "bytes_out": "\(record.bytesOut)",
                "remote": "\(record.remoteAddress)",
            ])
    }
}
