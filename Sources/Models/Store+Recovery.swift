import Foundation
import GRDB

extension Store {
    /// Brings jobs, versions and files back into agreement. Nothing else may use the store meanwhile.
    static func recover(_ database: DatabasePool, _ directory: DataDirectory) throws -> Recovery {
        var recovery = Recovery()
        // The transaction decides; only then are files removed, all of which it no longer knows.
        let known = try database.write { database in
            for var job in try jobs(with: .running, database) {
                let deaths = "UPDATE job SET deaths = deaths + 1 WHERE id = ? RETURNING deaths"
                try job.recover(deaths: try Int.fetchOne(database, sql: deaths, arguments: [job.id]) ?? 1)
                try save(job, database)
                guard job.status == .failed else { continue }
                recovery.failed.append(job)
                try database.execute(
                    sql: "UPDATE job SET resumableUntil = ? WHERE id = ?", arguments: [resumableUntil(job), job.id])
            }
            recovery.jobs = try jobs(with: .queued, database)
            recovery.setAside = try setAside(database, directory)
            let datasets = try String.fetchAll(
                database,
                sql: "SELECT id FROM job WHERE status IN ('queued', 'running') OR keepsData OR resumableUntil NOT NULL")
            let checkpoints = try String.fetchAll(
                database, sql: "SELECT id FROM job WHERE status IN ('queued', 'running') OR resumableUntil NOT NULL")
            let versions = try Row.fetchAll(database, sql: "SELECT model, number FROM version")
            return Set(
                try datasets.map { try directory.datasetPath(job: $0) }
                    + checkpoints.map { try directory.checkpointPath(job: $0) }
                    + versions.map { try directory.weightsPath(model: $0["model"], version: $0["number"]) })
        }
        let models = "\(directory.path)/models"
        let folders = Disk.names(in: models).map { "\(models)/\($0)" }
        for folder in folders + ["\(directory.path)/jobs"] {
            for name in Disk.names(in: folder) where !known.contains("\(folder)/\(name)") {
                Disk.remove("\(folder)/\(name)")
                recovery.removedFiles.append("\(folder)/\(name)")
            }
        }
        for folder in folders where Disk.names(in: folder).isEmpty { Disk.remove(folder) }
        return recovery
    }

    /// Marks the versions whose file is not what was published, and lets the newest sound one serve in place of a marked
    /// one. A file that has come back, from a backup say, is sound again.
    private static func setAside(_ database: Database, _ directory: DataDirectory) throws -> [Version] {
        var damaged: [Version] = []
        for body in try String.fetchAll(database, sql: "SELECT body FROM version ORDER BY model, number") {
            let version = try decoded(Version.self, body)
            let path = try directory.weightsPath(model: version.model, version: version.number)
            let isSound = Disk.size(of: path) == version.bytes && (try? Digest.sha256(ofFile: path)) == version.sha256
            if !isSound { damaged.append(version) }
            try database.execute(
                sql: "UPDATE version SET isSetAside = ? WHERE model = ? AND number = ?",
                arguments: [!isSound, version.model, version.number])
        }
        for model in Set(damaged.map(\.model)) { try replaceDamaged(of: model, database) }
        return damaged
    }
}
