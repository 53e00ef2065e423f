import Foundation
import GRDB

extension Store {
    /// How long a key stands for what it was first given with.
    private static let keyMilliseconds: Int64 = 48 * 3_600_000

    /// The job that was accepted under a key, as it was then; `nil` for a key that is new.
    ///
    /// - Throws: `idempotencyKeyReused` where the key stands for something else.
    package func accepted(under key: IdempotencyKey) throws -> Job? {
        let sql = "SELECT digest, job FROM idempotency WHERE key = ?"
        guard let row = try database.read({ try Row.fetchOne($0, sql: sql, arguments: [key.text]) }) else { return nil }
        guard row["digest"] == key.digest else { throw Error.idempotencyKeyReused }
        return try StoredJSON.decoded(Job.self, row["job"])
    }

    static func save(_ key: IdempotencyKey, for job: Job, _ database: Database) throws {
        let now = Date.now.millisecondsSince1970
        try database.execute(sql: "DELETE FROM idempotency WHERE time < ?", arguments: [now - keyMilliseconds])
        try database.execute(
            sql: "INSERT INTO idempotency (key, digest, time, job) VALUES (?, ?, ?, ?)",
            arguments: [key.text, key.digest, now, try StoredJSON.encoded(job)])
    }
}
