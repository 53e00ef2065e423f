import Foundation
import GRDB
import Synchronization

/// What outlives the process: jobs and versions in SQLite, weights and data sets in files beside it. Every change is
/// durable when its method returns, and whole or absent whenever the process or the power dies.
package final class Store: Sendable {
    package typealias Error = StoreError

    package let directory: DataDirectory
    /// What opening this store found.
    package let recovery: Recovery
    package let events = Events()
    /// The revision of each model that those who follow were told of last.
    let announced = Mutex<[String: Int]>([:])
    /// Files that are removed, of which the database still says that they are to be.
    let removed = Mutex<[String]>([])
    /// What the files of versions that were set aside were like when they were looked at.
    let looked = Mutex<[String: Disk.Stamp]>([:])
    let database: DatabasePool
    let reserve: Reserve
    let maximumQueued: Int
    let history: Int
    /// What a new job leaves free on the disk, so that those under way and the book-keeping have room.
    let minimumFreeBytes: Int
    /// Bytes of a file of weights that is taken from elsewhere; to read one takes several times its size.
    let largestWeights: Int
    let before: @Sendable (StoreStep) throws -> Void

    package init(
        directory: DataDirectory, maximumQueued: Int = 32, history: Int = 1000, minimumFreeBytes: Int = 0,
        largestWeights: Int = 1 << 32, before: @escaping @Sendable (StoreStep) throws -> Void = { _ in }
    ) throws {
        self.directory = directory
        self.maximumQueued = maximumQueued
        self.history = history
        self.minimumFreeBytes = minimumFreeBytes
        self.largestWeights = largestWeights
        self.before = before
        reserve = Reserve(path: directory.reservePath)
        // Opening writes, if only that the last process is gone.
        _ = reserve.release()
        (database, recovery) = try Self.open(directory, largestWeights: largestWeights)
        reserve.hold(try directory.freeBytes)
        announce()
    }

    static var migrator: DatabaseMigrator {
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
        migrator.registerMigration("2") { database in
            // `revision` counts what changes of a model; `deaths` those in a row of a job that got no further.
            try database.execute(
                sql: """
                    ALTER TABLE job ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE job ADD COLUMN resumableUntil INTEGER;
                    UPDATE job SET body = json_set(body, '$.tags', json('{}'));
                    CREATE TABLE event (
                        job TEXT NOT NULL REFERENCES job ON DELETE CASCADE, number INTEGER NOT NULL,
                        time INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job, number)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE idempotency (
                        key TEXT PRIMARY KEY, digest TEXT NOT NULL, time INTEGER NOT NULL, job TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    ALTER TABLE model ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
                    ALTER TABLE model ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
                    CREATE TRIGGER modelChanges AFTER UPDATE OF current, tags ON model BEGIN
                        UPDATE model SET revision = revision + 1 WHERE name = NEW.name;
                    END;
                    CREATE TRIGGER versionComes AFTER INSERT ON version BEGIN
                        UPDATE model SET revision = revision + 1 WHERE name = NEW.model;
                    END;
                    CREATE TRIGGER versionGoes AFTER DELETE ON version BEGIN
                        UPDATE model SET revision = revision + 1 WHERE name = OLD.model;
                    END;
                    CREATE TRIGGER versionIsSetAside AFTER UPDATE OF isSetAside ON version
                    WHEN OLD.isSetAside <> NEW.isSetAside BEGIN
                        UPDATE model SET revision = revision + 1 WHERE name = NEW.model;
                    END;
                    CREATE TRIGGER jobComes AFTER INSERT ON job BEGIN
                        UPDATE model SET revision = revision + 1 WHERE name = NEW.model;
                    END;
                    CREATE TRIGGER jobChanges AFTER UPDATE OF status ON job WHEN OLD.status <> NEW.status BEGIN
                        UPDATE model SET revision = revision + 1 WHERE name = NEW.model;
                    END;
                    """)
        }
        migrator.registerMigration("3") { database in
            // `displaced` is the version that served until its file was damaged; `removal` has the files that are of no
            // use, by where they are in the directory: what stands neither there nor anywhere else may be precious.
            try database.execute(
                sql: """
                    ALTER TABLE model ADD COLUMN displaced INTEGER;
                    CREATE TABLE removal (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
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

    /// Changes the database, if need be with the room that is held back.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try database.write(body)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            guard reserve.release() else { throw error }
            return try database.write(body)
        }
    }

    /// Refuses what would leave too little on the disk.
    func checkDisk(for bytes: Int) throws {
        let free = try directory.freeBytes
        reserve.hold(free)
        guard free - bytes >= minimumFreeBytes else { throw Error.insufficientStorage }
    }

    /// One transaction, with the steps that tests look at.
    func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try reportingFullDisk {
            try before(.beginTransaction)
            return try write { database in
                let result = try body(database)
                try before(.commitTransaction)
                return result
            }
        }
    }
}
