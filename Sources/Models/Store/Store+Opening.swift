import Foundation
import GRDB

extension Store {
    /// Opens the database and brings all in agreement with it. One that is damaged, or no database of gand, is set aside for
    /// a new one, which the files then fill.
    static func open(
        _ directory: DataDirectory, largestWeights: Int
    ) throws -> (database: DatabasePool, recovery: Recovery) {
        // SQLite would remove a journal that has lost its database.
        if Disk.size(of: directory.databasePath) ?? 0 == 0 { try setAsideDatabase(directory, ["-wal", "-journal"]) }
        do {
            return try attempt(directory, largestWeights)
        } catch let error where isDamage(error) {
            try setAsideDatabase(directory, ["", "-wal", "-journal"])
            var (database, recovery) = try attempt(directory, largestWeights)
            recovery.databaseDamage = "\((error as? DatabaseError)?.resultCode.description ?? "a value cannot be read")"
            return (database, recovery)
        } catch let error as DatabaseError {
            throw DataDirectory.Error.failed(
                call: "SQLite", path: directory.databasePath, code: error.resultCode.rawValue)
        } catch let error as Disk.Failure {
            throw DataDirectory.Error(error)
        }
    }

    private static func attempt(
        _ directory: DataDirectory, _ largestWeights: Int
    ) throws -> (database: DatabasePool, recovery: Recovery) {
        // SQLite gives its other files the permissions of this one.
        try Disk.makePrivateFile(directory.databasePath)
        let database = try DatabasePool(path: directory.databasePath)
        do {
            try database.writeWithoutTransaction { database in
                // GRDB's default in WAL mode is NORMAL, which may lose the last commits when the power fails: an answered
                // 202 must not be among them.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                // A page that is damaged is found now rather than when something needs it.
                let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
                guard finding == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding) }
                guard try !migrator.hasBeenSuperseded(database) else { throw DataDirectory.Error.databaseTooNew }
            }
            try migrator.migrate(database)
            return (database, try recover(database, directory, largestWeights: largestWeights))
        } catch {
            try? database.close()
            throw error
        }
    }

    /// Whether an error tells that the database is not what gand wrote, be it that a table or a column is missing, rather
    /// than that the disk does not do as it is told.
    private static func isDamage(_ error: any Swift.Error) -> Bool {
        guard let error = error as? DatabaseError else { return error is DecodingError }
        return [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR].contains(error.resultCode)
    }

    /// Moves the database's files out of the way; the index of its journal is made anew from that.
    private static func setAsideDatabase(_ directory: DataDirectory, _ suffixes: [String]) throws {
        for file in suffixes.map({ directory.databasePath + $0 }) where Disk.size(of: file) ?? 0 > 0 {
            try directory.setAside(file)
        }
        Disk.remove(directory.databasePath + "-shm")
        try Disk.syncFolder(directory.path)
    }
}
