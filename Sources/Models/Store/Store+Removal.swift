import GRDB
import Synchronization

/// A file is removed only where the database says so: one that it does not know may be all that is left of a model, from a
/// backup of another day or beside a database that was lost.
extension Store {
    /// Notes that files are of no use, unless a later transaction says otherwise.
    func doom(_ files: [String], _ database: Database) throws {
        for path in removed.withLock({ paths in
            defer { paths = [] }
            return paths
        }) {
            try database.execute(sql: "DELETE FROM removal WHERE path = ?", arguments: [path])
        }
        for file in files {
            let sql = "INSERT OR IGNORE INTO removal (path) VALUES (?)"
            try database.execute(sql: sql, arguments: [directory.relative(file)])
        }
    }

    /// Notes that files belong to what the transaction makes.
    func keep(_ files: [String], _ database: Database) throws {
        for file in files {
            let sql = "DELETE FROM removal WHERE path = ?"
            try database.execute(sql: sql, arguments: [directory.relative(file)])
        }
    }

    /// Removes files that a transaction has doomed.
    func remove(_ files: [String]) throws {
        guard !files.isEmpty else { return }
        try before(.removeFiles)
        files.forEach(Disk.remove)
        removed.withLock { $0 += files.map(directory.relative) }
    }
}
