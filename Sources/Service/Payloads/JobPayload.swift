import Formats
import Foundation
import GAN
import Models

extension Job {
    /// Writes the job as the API shows it.
    func write(to writer: inout JSONWriter) { writer.object(writeMembers) }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("status", status.rawValue)
        writer.member("stage", stage.rawValue)
        writer.member("model", model)
        writer.member("version", version)
        writer.member("created_at", createdAt.internetText)
        writer.member("started_at", startedAt?.internetText)
        writer.member("finished_at", finishedAt?.internetText)
        writer.key("progress")
        writer.object { progress.write(to: &$0, isOver: status.isTerminal, hasSucceeded: status == .succeeded) }
        writer.member("metrics", metrics)
        writer.member("rows", rows)
        writer.member("columns", columns)
        writer.member("data_sha256", dataSHA256)
        writer.member("seed", Int(seed))
        if let training {
            writer.key("options")
            writer.object { training.specification.write(to: &$0) }
            training.specification.writeConstraints(to: &writer)
        }
        writer.member("warnings", warnings)
        if let error {
            writer.key("error")
            writer.object { writer in
                writer.member("code", error.code)
                writer.member("detail", error.detail)
            }
        }
        writer.member("restarts", restarts)
        writer.member("resumed_from", resumedFrom)
        TagsPayload.write(tags, to: &writer)
        writer.key("links")
        writer.object { writer in
            writer.member("self", "/jobs/\(id)")
            writer.member("model", "/models/\(model)")
            writer.member("events", "/jobs/\(id)/events")
            if !status.isTerminal { writer.member("cancel", "/jobs/\(id)/cancel") }
            if isUnfinished { writer.member("resume", "/jobs/\(id)/resume") }
        }
    }
}

extension Job.Progress {
    /// Writes how far a job is as members.
    func write(to writer: inout JSONWriter, isOver: Bool, hasSucceeded: Bool = false) {
        writer.member(
            "fraction", hasSucceeded ? 1 : fraction ?? (steps > 0 ? Double(step) / Double(steps) : 0))
        writer.member("epoch", epoch)
        writer.member("epochs", epochs)
        writer.member("step", step)
        writer.member("steps", steps)
        writer.member("steps_per_second", stepsPerSecond)
        if !isOver, stepsPerSecond > 0 {
            writer.member("eta_seconds", Double(steps - step) / stepsPerSecond)
        }
    }
}

extension Specification {
    /// Writes what rows keep as a member, where the family knows such rules.
    func writeConstraints(to writer: inout JSONWriter) {
        if let constraints { writer.member("constraints", constraints.map(\.rule.text)) }
    }

    /// Writes the resolved options as members.
    func write(to writer: inout JSONWriter) {
        writer.member("family", family)
        writer.member("steps", steps)
        writer.member("batch_size", batchSize)
        for (name, value) in options.values.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            switch value {
            case .number(let number): writer.value(number)
            case .text(let text): writer.value(text)
            case .widths(let widths):
                writer.array { writer in
                    for width in widths { writer.value(width) }
                }
            }
        }
    }
}

extension Date {
    /// RFC 3339, UTC, with milliseconds.
    var internetText: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
