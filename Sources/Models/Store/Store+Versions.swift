import Formats
import Foundation
import GRDB

extension Store {
    /// Makes a version durable, ends its job and prunes old versions, all or nothing. A number belongs to one job, or
    /// to who took it with `takeVersionNumber`. The version that comes back knows its file's digest and size.
    @discardableResult
    package func publish(
        _ version: Version, file bytes: [UInt8], finishing job: Job? = nil, keepingData: Bool = false,
        keeping count: Int = 5, makeCurrent: Bool = true
    ) throws -> Version {
        let path = try directory.weightsPath(model: version.model, version: version.number)
        try reportingFullDisk {
            // Not with the room that is held back: what was learned waits for the disk, and book-keeping must not.
            try database.write { database in
                // A version never changes: without this the file of one that exists would be replaced.
                guard try !Self.exists(version, database) else {
                    throw Error.versionExists(model: version.model, number: version.number)
                }
                try doom([path], database)
            }
        }
        var published = version
        published.sha256 = Digest.sha256(bytes)
        published.bytes = bytes.count
        let prunable: [String]
        do {
            try reportingFullDisk {
                try Disk.makeFolder(directory.folder(ofModel: version.model))
                try Disk.syncFolder("\(directory.path)/models")
                try Disk.write(bytes, to: path, through: directory.temporaryPath(), before: before)
            }
            prunable = try transaction { database in
                try database.execute(
                    sql: "INSERT INTO version (model, number, body) VALUES (?, ?, ?)",
                    arguments: [version.model, version.number, try StoredJSON.encoded(published)])
                try keep([path], database)
                if makeCurrent { try Self.setCurrent(version.number, of: version.model, database) }
                if let job {
                    let content = Event.Content.snapshot(version: version.number, step: version.step, .published)
                    try Self.append(content, toJob: job.id, database)
                }
                let finished = try job.map { try finish($0, keepingData: keepingData, database) } ?? []
                let files = try finished + prune(version.model, keeping: count, database)
                try doom(files, database)
                return files
            }
        } catch {
            if try !database.read({ try Self.exists(version, $0) }) { Disk.remove(path) }
            throw error
        }
        announce()
        if let job { events.announce(job.id) }
        try remove(prunable)
        return published
    }

    /// Takes the next number of a model, for a version that no job makes; also makes the model if there is none.
    package func takeVersionNumber(model: String) throws -> Int {
        _ = try directory.folder(ofModel: model)
        return try reportingFullDisk { try database.write { try Self.takeNumber(model: model, $0) } }
    }

    /// Models with a version or an active job, by name.
    package func models() throws -> [Model] {
        try database.read { database in
            try String.fetchAll(database, sql: "SELECT name FROM model ORDER BY name")
                .compactMap { try Self.storedModel($0, database) }
        }
    }

    package func model(_ name: String) throws -> Model {
        guard let model = try database.read({ try Self.storedModel(name, $0) }) else {
            throw Error.modelNotFound(name)
        }
        return model
    }

    /// The version of that number, or the one that serves.
    package func version(model name: String, number: Int? = nil) throws -> Version {
        let model = try model(name)
        guard let version = model.versions.first(where: { $0.number == number ?? model.currentVersion }) else {
            throw Error.versionNotFound(model: name, number: number)
        }
        return version
    }

    /// The weights, if the file is still what was published.
    package func weights(of version: Version) throws -> Safetensors { try Safetensors(contentsOf: file(of: version)) }

    /// The file, if it is still what was published.
    package func file(of version: Version) throws -> [UInt8] {
        let path = try directory.weightsPath(model: version.model, version: version.number)
        guard Disk.size(of: path) == version.bytes else {
            throw Error.corruptFile("\(version.model)@\(version.number)")
        }
        let bytes = try Disk.read(path)
        guard Digest.sha256(bytes) == version.sha256 else {
            throw Error.corruptFile("\(version.model)@\(version.number)")
        }
        return bytes
    }

    /// Deletes a model and its versions; its counter remains, so that no number is given twice.
    package func delete(model name: String, onlyIf condition: Condition = .any) throws {
        let files = try transaction { database in
            try Self.check(condition, ofModel: name, database)
            guard try !Self.hasActiveJob(model: name, database) else { throw Error.trainingInProgress(model: name) }
            guard try Self.storedModel(name, database) != nil else { throw Error.modelNotFound(name) }
            let sql = "DELETE FROM version WHERE model = ? RETURNING number"
            let numbers = try Int.fetchAll(database, sql: sql, arguments: [name])
            try Self.setCurrent(nil, of: name, database)
            try database.execute(sql: "UPDATE model SET tags = '{}' WHERE name = ?", arguments: [name])
            let files =
                try numbers.map { try directory.weightsPath(model: name, version: $0) }
                + forgetData(ofModel: name, database)
            try doom(files, database)
            return files
        }
        announce()
        try remove(files)
    }

    /// Deletes one version that does not serve, also one that was set aside.
    package func delete(model name: String, version number: Int, onlyIf condition: Condition = .any) throws {
        let path = try directory.weightsPath(model: name, version: number)
        try transaction { database in
            try Self.check(condition, ofModel: name, database)
            guard let model = try Self.storedModel(name, database) else { throw Error.modelNotFound(name) }
            let isInUse =
                try model.currentVersion == number || Self.startVersions(ofModel: name, database).contains(number)
            guard !isInUse else { throw Error.versionInUse(model: name, number: number) }
            let sql = "DELETE FROM version WHERE model = ? AND number = ?"
            try database.execute(sql: sql, arguments: [name, number])
            guard database.changesCount == 1 else { throw Error.versionNotFound(model: name, number: number) }
            try doom([path], database)
        }
        announce()
        try remove([path])
    }

    static func takeNumber(model: String, _ database: Database) throws -> Int {
        let sql = """
            INSERT INTO model (name, last) VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last
            """
        guard let number = try Int.fetchOne(database, sql: sql, arguments: [model]) else {
            throw Error.modelNotFound(model)
        }
        return number
    }

    /// Lets a version serve, as somebody has chosen.
    static func setCurrent(_ number: Int?, of model: String, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE model SET current = ?, displaced = NULL WHERE name = ?", arguments: [number, model])
    }

    /// The versions that can be served, newest first.
    static func versions(of model: String, _ database: Database) throws -> [Version] {
        let sql = "SELECT body FROM version WHERE model = ? AND NOT isSetAside ORDER BY number DESC"
        return try String.fetchAll(database, sql: sql, arguments: [model]).map {
            try StoredJSON.decoded(Version.self, $0)
        }
    }

    static func storedModel(_ name: String, _ database: Database) throws -> Model? {
        let sql = """
            SELECT current, tags, revision FROM model WHERE name = :name AND (
                EXISTS (SELECT * FROM version WHERE model = :name)
                OR EXISTS (SELECT * FROM job WHERE model = :name AND status IN ('queued', 'running')))
            """
        guard let row = try Row.fetchOne(database, sql: sql, arguments: ["name": name]) else { return nil }
        let damaged = "SELECT number FROM version WHERE model = ? AND isSetAside ORDER BY number"
        return Model(
            name: name, currentVersion: row["current"], versions: try versions(of: name, database),
            damaged: try Int.fetchAll(database, sql: damaged, arguments: [name]),
            tags: try StoredJSON.decoded(TextMap.self, row["tags"]), revision: row["revision"])
    }

    /// The versions that jobs which wait or run go on from.
    private static func startVersions(ofModel name: String, _ database: Database) throws -> [Int] {
        let sql = "SELECT body FROM job WHERE model = ? AND status IN ('queued', 'running')"
        return try String.fetchAll(database, sql: sql, arguments: [name]).compactMap { body in
            try StoredJSON.decoded(Job.self, body).training?.startVersion
        }
    }

    private static func exists(_ version: Version, _ database: Database) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT * FROM version WHERE model = ? AND number = ?)"
        return try Bool.fetchOne(database, sql: sql, arguments: [version.model, version.number]) ?? false
    }

    /// Deletes all but the newest versions and the one that serves; returns their files.
    private func prune(_ model: String, keeping count: Int, _ database: Database) throws -> [String] {
        let sql = "SELECT current FROM model WHERE name = ?"
        let current = try Int.fetchOne(database, sql: sql, arguments: [model])
        let starts = try Self.startVersions(ofModel: model, database)
        let old = try Self.versions(of: model, database).dropFirst(max(1, count)).filter {
            $0.number != current && !starts.contains($0.number)
        }
        return try old.map { version in
            try database.execute(
                sql: "DELETE FROM version WHERE model = ? AND number = ?", arguments: [model, version.number])
            return try directory.weightsPath(model: model, version: version.number)
        }
    }
}
