import Foundation
import GRDB

/// What outlives the process: jobs and versions in SQLite, weights and data sets in files beside it. Every change is
/// durable when its method returns, and whole or absent whenever the process or the power dies.
package final class Store: Sendable {
    /// The refusals that a caller answers one by one; other errors come from the disk or the database.
    package enum Error: Swift.Error, Hashable {
        case trainingInProgress(model: String)
        case queueFull(limit: Int)
        case jobNotFound(String)
        case modelNotFound(String)
        case versionNotFound(model: String, number: Int?)
        case versionExists(model: String, number: Int)
        case versionInUse(model: String, number: Int)
        case corruptFile(String)
        case invalidName(String)
        case insufficientStorage
    }

    /// What accepting and publishing do, in this order; tests look at the disk before each step.
    package enum Step: Sendable, Hashable, CaseIterable {
        case writeFile, syncFile, renameFile, syncFolder, beginTransaction, commitTransaction, removeFiles
    }

    /// What opening found that the last process left behind.
    package struct Recovery: Sendable, Hashable {
        /// To run, in the order of acceptance.
        package var jobs: [Job] = []
        /// Failed because they died too often.
        package var failed: [Job] = []
        /// Versions whose file is missing or has another size; they are not served.
        package var setAside: [Version] = []
        /// Files that belonged to nothing, and are gone.
        package var removedFiles: [String] = []

        package init() {}
    }

    package let directory: DataDirectory
    /// What opening this store found.
    package let recovery: Recovery
    let database: DatabasePool
    let maximumQueued: Int
    let history: Int
    let before: @Sendable (Step) throws -> Void

    package init(
        directory: DataDirectory, maximumQueued: Int = 32, history: Int = 1000,
        before: @escaping @Sendable (Step) throws -> Void = { _ in }
    ) throws {
        self.directory = directory
        self.maximumQueued = maximumQueued
        self.history = history
        self.before = before
        database = try DatabasePool(path: directory.databasePath)
        // GRDB's default in WAL mode is NORMAL, which may lose the last commits when the power fails: an answered
        // 202 must not be among them.
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try Self.migrator.migrate(database)
        recovery = try Self.recover(database, directory)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            // `model` remains when a model is deleted: a number never names two different versions.
            try database.execute(
                sql: """
                    CREATE TABLE model (
                        name TEXT PRIMARY KEY, last INTEGER NOT NULL, current INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE job (
                        id TEXT PRIMARY KEY, model TEXT NOT NULL REFERENCES model, status TEXT NOT NULL,
                        keepsData INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE UNIQUE INDEX activeJob ON job (model) WHERE status IN ('queued', 'running');
                    CREATE INDEX jobStatus ON job (status, id);
                    CREATE TABLE version (
                        model TEXT NOT NULL REFERENCES model, number INTEGER NOT NULL,
                        isSetAside INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL, PRIMARY KEY (model, number)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        return migrator
    }

    /// Turns the many faces of a full disk into one error.
    func reportingFullDisk<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw Error.insufficientStorage
        } catch let error as Disk.Failure where error.isDiskFull {
            throw Error.insufficientStorage
        }
    }

    /// One transaction, with the steps that tests look at.
    func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try reportingFullDisk {
            try before(.beginTransaction)
            return try database.write { database in
                let result = try body(database)
                try before(.commitTransaction)
                return result
            }
        }
    }

    static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        // A diverged training has such metrics, and they are worth keeping.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: Data(text.utf8))
    }
}
