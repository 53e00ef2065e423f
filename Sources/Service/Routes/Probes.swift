import Formats
import Foundation
import HTTP
import Models
import Synchronization

/// Whether the server is on its way out.
final class Draining: Sendable {
    private let flag = Atomic(false)

    var isOn: Bool { flag.load(ordering: .relaxed) }
    func begin() { flag.store(true, ordering: .relaxed) }
}

/// The routes that touch neither models nor jobs.
enum Probes {
    static let live = jsonResponse { $0.member("status", "ok") }.encoded()
    private static let isReady = jsonResponse { $0.member("status", "ready") }.encoded()

    static func ready(_ draining: Draining, _ request: Request) -> Response {
        guard draining.isOn else { return isReady }
        return Problem(503, "draining", "the server is shutting down", retryAfter: 5).response(requestID: request.id)
    }

    /// More than whether requests are welcome, for people: nothing of it ends the answer to a probe.
    static func health(_ draining: Draining, _ store: Store, _ settings: Settings, _ request: Request) -> Response {
        guard !draining.isOn else { return ready(draining, request) }
        let free = (try? store.directory.freeBytes) ?? 0
        let isFull = free < settings.minimumFreeDiskBytes
        return jsonResponse { writer in
            writer.member("status", isFull ? "degraded" : "ready")
            writer.member("version", Release.version)
            writer.member("uptime_seconds", Date.now.timeIntervalSince1970 - ProcessFigures.startTime, decimals: 1)
            writer.key("checks")
            writer.object { writer in
                writer.member("disk", isFull ? "full: /train and imports are refused" : "ok")
                let damaged = store.recovery.setAside.count
                writer.member("versions", damaged == 0 ? "ok" : "\(damaged) were damaged at the start")
            }
        }
    }
}
