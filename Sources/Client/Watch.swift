import Formats
import Foundation
import HTTP

/// Follows a job's events until it is over, across restarts of the server.
package struct Watch {
    private let remote: Remote
    private var job: RemoteJob
    private var reader = EventReader()

    /// Failures in a row before the watch gives up.
    private static let patience = 30

    package init(_ job: RemoteJob, on remote: Remote) {
        self.job = job
        self.remote = remote
    }

    /// - Parameter show: called with the job after every change.
    /// - Returns: the ended job.
    package mutating func follow(_ show: (RemoteJob) -> Void) throws(Fault) -> RemoteJob {
        var failures = 0
        while !job.isOver {
            do throws(Fault) {
                try readEvents(connected: { failures = 0 }, show: show)
                // The last event may hold less than the job.
                job.merge(try remote.json("GET", "/jobs/\(job.id)"))
            } catch {
                guard Self.mayPass(error), failures < Self.patience else { throw error }
                failures += 1
            }
            guard !job.isOver else { break }
            reader.restart()
            Thread.sleep(forTimeInterval: 1)
        }
        show(job)
        return job
    }

    private mutating func readEvents(connected: () -> Void, show: (RemoteJob) -> Void) throws(Fault) {
        var fields = [("Accept", "text/event-stream")]
        if let id = reader.lastID { fields.append(("Last-Event-ID", id)) }
        var exchange = try remote.open("GET", "/jobs/\(job.id)/events", fields: fields)
        connected()
        while true {
            let piece: [UInt8]?
            do throws(Exchange.Failure) { piece = try exchange.next() } catch { throw remote.fault(error) }
            guard let piece else { return }
            for event in reader.read(piece) {
                guard let told = try? JSONDocument(Array(event.data.utf8)).root else { continue }
                if event.name == "warning" || event.name == "error" { continue }
                job.merge(told)
                show(job)
                if job.isOver { return }
            }
        }
    }

    /// Whether a failure may pass: a server that restarts, or a proxy, shows it for a while.
    private static func mayPass(_ fault: Fault) -> Bool {
        switch fault {
        case .unreachable, .broken: true
        case .refused(let refusal): [429, 502, 503, 504].contains(refusal.status)
        case .file, .configuration, .usage, .job: false
        }
    }
}
