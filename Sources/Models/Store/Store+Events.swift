import Foundation
import GRDB

extension Store {
    /// Notes what happens to a job while it runs; what happens to one that does not is not its own any more.
    package func append(_ content: Event.Content, toJob id: String) throws {
        // What is held back is for what must not be lost.
        guard reserve.hold(try directory.freeBytes) else { throw Error.insufficientStorage }
        try reportingFullDisk {
            try database.write { database in
                guard try Self.storedJob(id, database)?.status == .running else { return }
                try Self.append(content, toJob: id, database)
            }
        }
        events.announce(id)
    }

    /// Events of a job in their order, from the one behind `position` on.
    package func events(ofJob id: String, after position: Int = 0, limit: Int = 1000) throws -> [Event] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT number, time, body FROM event WHERE job = ? AND number > ? ORDER BY number LIMIT ?",
                arguments: [id, position, limit]
            ).map { row in
                Event(
                    job: id, number: row["number"], time: Date(millisecondsSince1970: row["time"]),
                    content: try StoredJSON.decoded(Event.Content.self, row["body"]))
            }
        }
    }

    static func append(_ content: Event.Content, toJob id: String, at time: Date = .now, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO event (job, number, time, body)
                SELECT :job, COALESCE(MAX(number), 0) + 1, :time, :body FROM event WHERE job = :job
                """,
            arguments: ["job": id, "time": time.millisecondsSince1970, "body": try StoredJSON.encoded(content)])
    }

    /// Notes in what a job differs from what it was, in the transaction that changes it.
    static func appendChanges(of job: Job, since former: Job?, _ database: Database) throws {
        for warning in job.warnings.dropFirst(former?.warnings.count ?? 0) {
            try append(.warning(warning), toJob: job.id, database)
        }
        guard former?.status != job.status else { return }
        try append(
            job.status.isTerminal ? .done : .status(job.status, job.stage, restarts: job.restarts), toJob: job.id,
            database)
    }
}
