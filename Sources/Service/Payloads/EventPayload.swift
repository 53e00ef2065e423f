import Formats
import HTTP
import Models

extension Event {
    /// What clients select events by.
    var type: String {
        switch content {
        case .status: "status"
        case .progress: "progress"
        case .snapshot: "snapshot"
        case .warning: "warning"
        case .done: "done"
        }
    }

    /// Writes the event as the API shows it: the part of the job that it tells of, and the whole job at its end.
    ///
    /// - Parameter job: needed for what ends it.
    func write(to writer: inout JSONWriter, job: Job?) {
        writer.object { writer in
            writer.member("event", number)
            writer.member("type", type)
            writer.member("at", time.internetText)
            switch content {
            case .status(let status, let stage, let restarts):
                writer.member("id", self.job)
                writer.member("status", status.rawValue)
                writer.member("stage", stage.rawValue)
                writer.member("restarts", restarts)
            case .progress(let stage, let progress, let metrics):
                writer.member("id", self.job)
                writer.member("stage", stage.rawValue)
                writer.key("progress")
                writer.object { progress.write(to: &$0, isOver: false) }
                writer.member("metrics", metrics)
            case .snapshot(let version, let step, let snapshot):
                writer.member("id", self.job)
                writer.member("version", version)
                writer.member("step", step)
                writer.member("snapshot", snapshot.rawValue)
            case .warning(let detail):
                writer.member("id", self.job)
                writer.member("detail", detail)
            case .done:
                if let job { job.writeMembers(to: &writer) } else { writer.member("id", self.job) }
            }
        }
    }
}
