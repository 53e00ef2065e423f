package import Formats
import Foundation

/// A job in a server's answers and events.
package struct RemoteJob: Sendable, Equatable {
    package var id = ""
    package var status = ""
    package var stage = ""
    package var model = ""
    package var version = 0
    package var createdAt = ""
    private var startedAt = ""
    private var finishedAt = ""
    package var fraction = 0.0
    package var step = 0
    package var stepsPerSecond = 0.0
    /// Seconds; `nil` where the server does not know.
    package var remaining: Double?
    package var rows = 0
    package var columns = 0
    package var metrics: [String: Double] = [:]
    package var warnings: [String] = []
    package var error: String?

    package var isOver: Bool { ["succeeded", "failed", "canceled"].contains(status) }
    package var reference: String { "\(model)@\(version)" }

    package init(_ json: JSONElement) { merge(json) }

    /// Merges the members that are there; an event may hold only some.
    package mutating func merge(_ json: JSONElement) {
        id = json["id"]?.string ?? id
        status = json["status"]?.string ?? status
        stage = json["stage"]?.string ?? stage
        model = json["model"]?.string ?? model
        version = json["version"]?.integer() ?? version
        createdAt = json["created_at"]?.string ?? createdAt
        startedAt = json["started_at"]?.string ?? startedAt
        finishedAt = json["finished_at"]?.string ?? finishedAt
        rows = json["rows"]?.integer() ?? rows
        columns = json["columns"]?.integer() ?? columns
        if let progress = json["progress"] {
            fraction = progress["fraction"]?.double ?? fraction
            step = progress["step"]?.integer() ?? step
            stepsPerSecond = progress["steps_per_second"]?.double ?? stepsPerSecond
            remaining = progress["eta_seconds"]?.double
        }
        if let told = json["metrics"] {
            for (name, value) in told.members { metrics[name.string] = value.double }
        }
        if let told = json["warnings"] { warnings = told.elements.compactMap(\.string) }
        error = json["error"]?["detail"]?.string ?? error
    }

    /// Seconds from the start to the end.
    package var duration: Double? {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let start = try? Date(startedAt, strategy: format), let end = try? Date(finishedAt, strategy: format)
        else { return nil }
        return end.timeIntervalSince(start)
    }

    /// The job's best-known quality metrics, by name.
    package var quality: String {
        ["quality", "shapes", "trends", "ks_max"].compactMap { name in
            metrics[name].map { "\(name) \(Figures.text($0))" }
        }.joined(separator: ", ")
    }
}
