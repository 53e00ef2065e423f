import Client
import Formats
import Foundation
import UnixSignals

/// Shows the progress of a job until it is over; after Ctrl-C the job goes on.
struct JobFollowing {
    let remote: Remote
    let job: RemoteJob

    func run() throws(Fault) {
        let detaching = Task.detached { [id = job.id] in
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                Terminal.clear()
                Terminal.say("the training goes on; to follow it: gand jobs watch \(id)")
                Foundation.exit(130)
            }
        }
        defer { detaching.cancel() }
        let line = ProgressLine(width: Terminal.width(of: STDERR_FILENO))
        var watch = Watch(job, on: remote)
        let ended = try watch.follow { job in
            if !job.isOver { Terminal.show(line.text(job)) }
        }
        Terminal.clear()
        switch ended.status {
        case "succeeded":
            let time = ended.duration.map { " in \(Figures.duration($0))" } ?? ""
            let quality = ended.quality.isEmpty ? "" : ": \(ended.quality)"
            Terminal.say("learned \(ended.rows) rows\(time)\(quality)")
            try Printer.write("\(ended.reference.printable)\n")
        case "canceled": throw .job("the job was canceled at step \(ended.step)")
        default: throw .job("the job failed: \(ended.error ?? "the server does not say why")")
        }
    }
}
