import Foundation
import GRDB

extension Store {
    /// What opening found that the last process left behind.
    package struct Recovery: Sendable, Hashable {
        /// To run, in the order of acceptance.
        package var jobs: [Job] = []
        /// Failed because they died too often.
        package var failed: [Job] = []
        /// Versions whose file is missing or not what was published; they are not served.
        package var setAside: [Version] = []
        /// Versions that were set aside before, and are sound again.
        package var takenBack: [Version] = []
        /// Models that the database did not know, or not as they were published last, with the versions that came back.
        package var rebuilt: [Rebuilt] = []
        /// Why the database was set aside and another one begun.
        package var databaseDamage: String?
        /// Files that belonged to nothing, by where they were in the directory; they are in its folder `set-aside` now.
        package var unknownFiles: [String] = []

        package init() {}

        /// A model that came back from its files.
        package struct Rebuilt: Sendable, Hashable {
            package let name: String
            package let versions: [Int]
        }
    }

    /// Brings jobs, versions and files back into agreement. Nothing else may use the store meanwhile.
    static func recover(
        _ database: DatabasePool, _ directory: DataDirectory, largestWeights: Int
    ) throws -> Recovery {
        var recovery = Recovery()
        // The transaction decides; only then are files touched.
        let (known, doomed) = try database.write { database in
            recovery.rebuilt = try rebuild(database, directory, largestWeights: largestWeights)
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
            (recovery.setAside, recovery.takenBack) = try checkVersions(database, directory)
            let datasets = try String.fetchAll(
                database,
                sql: "SELECT id FROM job WHERE status IN ('queued', 'running') OR keepsData OR resumableUntil NOT NULL")
            let checkpoints = try String.fetchAll(
                database, sql: "SELECT id FROM job WHERE status IN ('queued', 'running') OR resumableUntil NOT NULL")
            let versions = try Row.fetchAll(database, sql: "SELECT model, number FROM version")
            let known = Set(
                try datasets.map { try directory.datasetPath(job: $0) }
                    + checkpoints.map { try directory.checkpointPath(job: $0) }
                    + versions.map { try directory.weightsPath(model: $0["model"], version: $0["number"]) })
            return (known, try String.fetchAll(database, sql: "SELECT path FROM removal"))
        }
        for file in doomed.map({ "\(directory.path)/\($0)" }) where !known.contains(file) { Disk.remove(file) }
        try database.write { try $0.execute(sql: "DELETE FROM removal") }
        recovery.unknownFiles = setAsideUnknown(but: known, directory)
        return recovery
    }

    /// Moves what nothing tells of out of the way: it may be of use to somebody. What cannot be moved stays.
    private static func setAsideUnknown(but known: Set<String>, _ directory: DataDirectory) -> [String] {
        func files(in folder: String) -> [String] {
            Disk.names(in: folder).map { "\(folder)/\($0)" }.filter { !Disk.isFolder($0) }
        }
        let models = "\(directory.path)/models"
        // Other folders are somebody else's, such as lost+found.
        let folders = Disk.names(in: models).compactMap { try? directory.folder(ofModel: $0) }.filter(Disk.isFolder)
        let all = ([models, "\(directory.path)/jobs"] + folders).flatMap(files)
        defer { folders.forEach(Disk.removeFolder) }
        return all.filter { !known.contains($0) }.compactMap { try? directory.setAside($0) }
    }

    /// Marks the versions whose file is not what was published, and lets the newest sound one serve in place of a marked
    /// one. A file that has come back, from a backup say, is sound again, and serves where it did before.
    private static func checkVersions(
        _ database: Database, _ directory: DataDirectory
    ) throws -> (damaged: [Version], sound: [Version]) {
        var damaged: [Version] = []
        var soundAgain: [Version] = []
        let rows = try Row.fetchAll(database, sql: "SELECT body, isSetAside FROM version ORDER BY model, number")
        for row in rows {
            let version = try StoredJSON.decoded(Version.self, row["body"])
            let isSound = try isSound(version, directory)
            if !isSound { damaged.append(version) }
            guard isSound == row["isSetAside"] else { continue }
            if isSound { soundAgain.append(version) }
            try mark(version, isSetAside: !isSound, database)
        }
        for model in try String.fetchAll(database, sql: "SELECT name FROM model") {
            try replaceDamaged(of: model, database)
            try putBackDisplaced(of: model, database)
        }
        return (damaged, soundAgain)
    }

    /// Whether the file of a version is what was published.
    static func isSound(_ version: Version, _ directory: DataDirectory) throws -> Bool {
        let path = try directory.weightsPath(model: version.model, version: version.number)
        return Disk.size(of: path) == version.bytes && (try? Digest.sha256(ofFile: path)) == version.sha256
    }

    static func mark(_ version: Version, isSetAside: Bool, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE version SET isSetAside = ? WHERE model = ? AND number = ?",
            arguments: [isSetAside, version.model, version.number])
    }
}
