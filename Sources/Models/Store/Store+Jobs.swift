import Foundation
import GRDB

extension Store {
    /// Makes a job and its data set durable, and gives the job its version number and the digest of its data. The job that
    /// comes back is queued.
    package func accept(_ job: Job, dataset: Safetensors?, key: IdempotencyKey? = nil) throws -> Job {
        try accept(job, key: key) { path in
            guard let dataset else { return nil }
            let file = dataset.pieces
            try checkDisk(for: file.byteCount)
            // Large data are gone through once.
            return try Digest.sha256 { update in
                try Disk.write(to: path, through: directory.temporaryPath(), before: before) { append in
                    try file.forEach { piece in
                        update(piece)
                        try append(piece)
                    }
                }
            }
        }
    }

    /// Accepts a job that goes on from the checkpoint of one that did not come to its end, with the same data.
    package func resume(_ former: Job, as job: Job) throws -> Job {
        guard try isResumable(former.id) else { throw Error.jobNotResumable(former.id) }
        return try accept(job, key: nil) { path in
            try checkDisk(for: 0)
            try Disk.link(directory.datasetPath(job: former.id), as: path)
            let checkpoint = try directory.checkpointPath(job: former.id)
            if Disk.size(of: checkpoint) != nil {
                try Disk.link(checkpoint, as: directory.checkpointPath(job: job.id))
            }
            try Disk.syncFolder((path as NSString).deletingLastPathComponent)
            return nil
        }
    }

    /// - Parameter files: writes them and returns the digest of the data, where the job does not have it yet.
    private func accept(_ job: Job, key: IdempotencyKey?, writing files: (String) throws -> String?) throws -> Job {
        let path = try directory.datasetPath(job: job.id)
        let checkpoint = try directory.checkpointPath(job: job.id)
        _ = try directory.folder(ofModel: job.model)
        try reportingFullDisk {
            // Not with the room that is held back: it is for jobs that come to their end, not for new ones.
            try database.write { database in
                // Asked once more inside the transaction; here it saves writing a data set for nothing.
                try checkRoom(for: job, database)
                try doom([path, checkpoint], database)
            }
        }
        do {
            let digest = try reportingFullDisk { try files(path) }
            let (accepted, superseded) = try transaction { database in
                try checkRoom(for: job, database)
                var accepted = job
                accepted.version = try Self.takeNumber(model: job.model, database)
                accepted.dataSHA256 = digest ?? job.dataSHA256
                try database.execute(
                    sql: "INSERT INTO job (id, model, status, body) VALUES (?, ?, ?, ?)",
                    arguments: [job.id, job.model, job.status.rawValue, try StoredJSON.encoded(accepted)])
                try Self.appendChanges(of: accepted, since: nil, database)
                if let key { try Self.save(key, for: accepted, database) }
                try keep([path, checkpoint], database)
                let superseded = try giveUp("model = ?", [job.model], database)
                try doom(superseded, database)
                return (accepted, superseded)
            }
            events.announce(job.id)
            try remove(superseded)
            return accepted
        } catch {
            if try database.read({ try Self.storedJob(job.id, $0) }) == nil { [path, checkpoint].forEach(Disk.remove) }
            throw error
        }
    }

    /// Saves what has changed in a job that goes on; one that is over goes through `finish` or `publish`.
    package func update(_ job: Job) throws {
        precondition(!job.status.isTerminal, "a job that is over is finished, not updated")
        try reportingFullDisk { try write { try Self.save(job, $0) } }
        events.announce(job.id)
    }

    /// Saves a job that is over and removes its data set, unless it is to be kept as long as the job's history.
    package func finish(_ job: Job, keepingData: Bool = false) throws {
        precondition(job.status.isTerminal, "a job that goes on is updated, not finished")
        let pruned = try transaction { database in
            let files = try finish(job, keepingData: keepingData, database)
            try doom(files, database)
            return files
        }
        events.announce(job.id)
        try remove(pruned)
    }

    package func job(_ id: String) throws -> Job {
        guard let job = try database.read({ try Self.storedJob(id, $0) }) else { throw Error.jobNotFound(id) }
        return job
    }

    /// The job that was accepted last.
    package func latestJob() throws -> Job? { try jobs(limit: 1).first }

    /// Newest first; `after` is the last identifier of the page before.
    package func jobs(
        status: Job.Status? = nil, model: String? = nil, limit: Int = 100, after: String? = nil
    ) throws -> [Job] {
        try database.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT body FROM job
                    WHERE (:status IS NULL OR status = :status) AND (:model IS NULL OR model = :model)
                        AND (:after IS NULL OR id < :after)
                    ORDER BY id DESC LIMIT :limit
                    """,
                arguments: ["status": status?.rawValue, "model": model, "after": after, "limit": max(0, limit)]
            ).map { try StoredJSON.decoded(Job.self, $0) }
        }
    }

    /// How many jobs there are of each status.
    package func jobCounts() throws -> [Job.Status: Int] {
        try database.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT status, COUNT(*) AS count FROM job GROUP BY status")
            return Dictionary(
                uniqueKeysWithValues: rows.compactMap { row in
                    Job.Status(rawValue: row["status"]).map { ($0, row["count"]) }
                })
        }
    }

    /// In the order of acceptance.
    package func queuedJobs() throws -> [Job] {
        try database.read { try Self.jobs(with: .queued, $0) }
    }

    /// The data that a job learns from, or nil if it was accepted without or its data set is gone.
    package func dataset(ofJob id: String) throws -> Safetensors? {
        let path = try directory.datasetPath(job: id)
        guard Disk.size(of: path) != nil else { return nil }
        return try Safetensors(contentsOf: Disk.read(path), finite: false)
    }

    /// The transaction's half of finishing; returns the files to remove after the commit.
    func finish(_ job: Job, keepingData: Bool, _ database: Database) throws -> [String] {
        try Self.save(job, database)
        try database.execute(
            sql: "UPDATE job SET keepsData = ?, resumableUntil = ? WHERE id = ?",
            arguments: [keepingData, job.isUnfinished ? Self.resumableUntil(job) : nil, job.id])
        let expired = try giveUpExpired(database)
        // Jobs are pruned in the order of their acceptance, but never the one that has just come to its end.
        let old = try String.fetchAll(
            database,
            sql: """
                SELECT id FROM job WHERE status NOT IN ('queued', 'running') AND id <> ?
                ORDER BY id DESC LIMIT -1 OFFSET ?
                """, arguments: [job.id, history - 1])
        for id in old { try database.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id]) }
        let done = job.isUnfinished ? [] : try files(ofJob: job.id, keepingData: keepingData)
        return try old.flatMap { try files(ofJob: $0, keepingData: false) } + expired + done
    }

    /// How long a job that did not come to its end may be resumed, unless there is another one of its model.
    private static let resumableMilliseconds: Int64 = 86_400_000

    static func resumableUntil(_ job: Job) -> Int64 {
        (job.finishedAt ?? .now).millisecondsSince1970 + resumableMilliseconds
    }

    private func isResumable(_ id: String) throws -> Bool {
        guard Disk.size(of: try directory.datasetPath(job: id)) != nil else { return false }
        let sql = "SELECT EXISTS (SELECT * FROM job WHERE id = ? AND resumableUntil > ?)"
        return try database.read {
            try Bool.fetchOne($0, sql: sql, arguments: [id, Date.now.millisecondsSince1970]) ?? false
        }
    }

    /// Removes the data of jobs that may not be resumed any more.
    package func forgetExpired() throws {
        try remove(
            transaction { database in
                let files = try giveUpExpired(database)
                try doom(files, database)
                return files
            })
    }

    private func giveUpExpired(_ database: Database) throws -> [String] {
        try giveUp("resumableUntil < ?", [Date.now.millisecondsSince1970], database)
    }

    /// Makes jobs that may be resumed ones that may not; returns the files that this leaves to remove.
    private func giveUp(
        _ condition: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [String] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                UPDATE job SET resumableUntil = NULL WHERE resumableUntil IS NOT NULL AND \(condition)
                RETURNING id, keepsData
                """, arguments: arguments)
        return try rows.flatMap { try files(ofJob: $0["id"], keepingData: $0["keepsData"]) }
    }

    /// Makes a model's jobs that are over forget the data that they learned from.
    func forgetData(ofModel name: String, _ database: Database) throws -> [String] {
        let ids = try String.fetchAll(
            database,
            sql: """
                UPDATE job SET resumableUntil = NULL, keepsData = 0
                WHERE model = ? AND (resumableUntil IS NOT NULL OR keepsData) RETURNING id
                """, arguments: [name])
        return try ids.flatMap { try files(ofJob: $0, keepingData: false) }
    }

    private func files(ofJob id: String, keepingData: Bool) throws -> [String] {
        [try directory.checkpointPath(job: id)] + (keepingData ? [] : [try directory.datasetPath(job: id)])
    }

    static func storedJob(_ id: String, _ database: Database) throws -> Job? {
        try String.fetchOne(database, sql: "SELECT body FROM job WHERE id = ?", arguments: [id])
            .map { try StoredJSON.decoded(Job.self, $0) }
    }

    static func jobs(with status: Job.Status, _ database: Database) throws -> [Job] {
        try String.fetchAll(
            database, sql: "SELECT body FROM job WHERE status = ? ORDER BY id", arguments: [status.rawValue]
        ).map { try StoredJSON.decoded(Job.self, $0) }
    }

    /// Replaces the stored job if its life allows it: what is over stays over, whoever was slower.
    static func save(_ job: Job, _ database: Database) throws {
        guard let stored = try storedJob(job.id, database) else { throw Error.jobNotFound(job.id) }
        guard stored.status.allows(job.status) || stored.status == job.status && !job.status.isTerminal else {
            throw Job.InvalidTransition(from: stored.status, to: job.status)
        }
        try database.execute(
            sql: "UPDATE job SET status = ?, body = ? WHERE id = ?",
            arguments: [job.status.rawValue, try StoredJSON.encoded(job), job.id])
        try appendChanges(of: job, since: stored, database)
    }

    static func hasActiveJob(model: String, _ database: Database) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT * FROM job WHERE model = ? AND status IN ('queued', 'running'))"
        return try Bool.fetchOne(database, sql: sql, arguments: [model]) ?? false
    }

    private func checkRoom(for job: Job, _ database: Database) throws {
        guard try !Self.hasActiveJob(model: job.model, database) else {
            throw Error.trainingInProgress(model: job.model)
        }
        let queued = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM job WHERE status = 'queued'") ?? 0
        guard queued < maximumQueued else { throw Error.queueFull(limit: maximumQueued) }
    }
}
