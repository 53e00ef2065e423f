import Foundation
import GRDB

extension Store {
    /// Makes a job and its data set durable and gives the job its version number. The job that comes back is queued.
    package func accept(_ job: Job, dataset: Safetensors?) throws -> Job {
        let path = try directory.datasetPath(job: job.id)
        _ = try directory.folder(ofModel: job.model)
        // Asked once more inside the transaction; here it saves writing a data set for nothing.
        try database.read { try checkRoom(for: job, $0) }
        do {
            if let dataset {
                try reportingFullDisk {
                    let temporary = directory.temporaryPath()
                    try Disk.write(dataset.encoded(), to: path, through: temporary, before: before)
                }
            }
            return try transaction { database in
                try checkRoom(for: job, database)
                var accepted = job
                accepted.version = try Self.takeNumber(model: job.model, database)
                try database.execute(
                    sql: "INSERT INTO job (id, model, status, body) VALUES (?, ?, ?, ?)",
                    arguments: [job.id, job.model, job.status.rawValue, try Self.encoded(accepted)])
                return accepted
            }
        } catch {
            Disk.remove(path)
            throw error
        }
    }

    /// Saves what has changed in a job that goes on; one that is over goes through `finish` or `publish`.
    package func update(_ job: Job) throws {
        precondition(!job.status.isTerminal, "a job that is over is finished, not updated")
        try reportingFullDisk { try database.write { try Self.save(job, $0) } }
    }

    /// Saves a job that is over and removes its data set, unless it is to be kept as long as the job's history.
    package func finish(_ job: Job, keepingData: Bool = false) throws {
        precondition(job.status.isTerminal, "a job that goes on is updated, not finished")
        let pruned = try transaction { try finish(job, keepingData: keepingData, $0) }
        try before(.removeFiles)
        pruned.forEach(Disk.remove)
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
            ).map { try Self.decoded(Job.self, $0) }
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
        return try Safetensors(contentsOf: Array(Data(contentsOf: URL(fileURLWithPath: path))), finite: false)
    }

    /// Keeps where a job's training stands, in place of what was kept before.
    package func saveCheckpoint(_ checkpoint: Safetensors, ofJob id: String) throws {
        let path = try directory.checkpointPath(job: id)
        try reportingFullDisk { try Disk.write(checkpoint.encoded(), to: path, through: directory.temporaryPath()) }
    }

    /// Where a job's training stood last, or nil if nothing was kept.
    package func checkpoint(ofJob id: String) throws -> Safetensors? {
        let path = try directory.checkpointPath(job: id)
        guard Disk.size(of: path) != nil else { return nil }
        return try Safetensors(contentsOf: Array(Data(contentsOf: URL(fileURLWithPath: path))), finite: false)
    }

    /// The transaction's half of finishing; returns the files to remove after the commit.
    func finish(_ job: Job, keepingData: Bool, _ database: Database) throws -> [String] {
        try Self.save(job, database)
        try database.execute(sql: "UPDATE job SET keepsData = ? WHERE id = ?", arguments: [keepingData, job.id])
        let old = try String.fetchAll(
            database,
            sql: """
                SELECT id FROM job WHERE status NOT IN ('queued', 'running') ORDER BY id DESC LIMIT -1 OFFSET ?
                """, arguments: [history])
        for id in old { try database.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id]) }
        return try (old + (keepingData ? [] : [job.id])).map { try directory.datasetPath(job: $0) }
            + [directory.checkpointPath(job: job.id)]
    }

    static func storedJob(_ id: String, _ database: Database) throws -> Job? {
        try String.fetchOne(database, sql: "SELECT body FROM job WHERE id = ?", arguments: [id])
            .map { try decoded(Job.self, $0) }
    }

    static func jobs(with status: Job.Status, _ database: Database) throws -> [Job] {
        try String.fetchAll(
            database, sql: "SELECT body FROM job WHERE status = ? ORDER BY id", arguments: [status.rawValue]
        ).map { try decoded(Job.self, $0) }
    }

    /// Replaces the stored job if its life allows it: what is over stays over, whoever was slower.
    static func save(_ job: Job, _ database: Database) throws {
        guard let stored = try storedJob(job.id, database) else { throw Error.jobNotFound(job.id) }
        guard stored.status.allows(job.status) || stored.status == job.status && !job.status.isTerminal else {
            throw Job.InvalidTransition(from: stored.status, to: job.status)
        }
        try database.execute(
            sql: "UPDATE job SET status = ?, body = ? WHERE id = ?",
            arguments: [job.status.rawValue, try encoded(job), job.id])
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
