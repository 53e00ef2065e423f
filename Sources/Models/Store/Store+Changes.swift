package import Formats
import Foundation
import GRDB
import Synchronization

extension Store {
    /// What a change of a model depends on.
    package enum Condition: Sendable, Hashable {
        case any
        /// The model is there.
        case exists
        /// There is no such model.
        case isAbsent
        /// Nothing of the model has changed since.
        case revisions(Set<Int>)
    }

    /// What of a model may be changed.
    package struct Change: Sendable, Hashable {
        package var currentVersion: Int?
        /// In place of the tags that there are.
        package var tags: TextMap?

        package init(currentVersion: Int? = nil, tags: TextMap? = nil) {
            self.currentVersion = currentVersion
            self.tags = tags
        }
    }

    /// Lets another version serve, or sets the tags: all of it or nothing.
    package func change(model name: String, _ change: Change, onlyIf condition: Condition = .any) throws {
        defer { announce() }
        try reportingFullDisk {
            try write { database in
                try Self.check(condition, ofModel: name, database)
                guard let model = try Self.storedModel(name, database) else { throw Error.modelNotFound(name) }
                if let number = change.currentVersion {
                    guard model.versions.contains(where: { $0.number == number }) else {
                        throw Error.versionNotFound(model: name, number: number)
                    }
                    try Self.setCurrent(number, of: name, database)
                }
                if let tags = change.tags {
                    try database.execute(
                        sql: "UPDATE model SET tags = ? WHERE name = ?",
                        arguments: [try StoredJSON.encoded(tags), name])
                }
            }
        }
    }

    /// - Throws: `preconditionFailed` where the condition is not met.
    package func check(_ condition: Condition, ofModel name: String) throws {
        try database.read { try Self.check(condition, ofModel: name, $0) }
    }

    static func check(_ condition: Condition, ofModel name: String, _ database: Database) throws {
        guard condition != .any else { return }
        let model = try storedModel(name, database)
        let isMet =
            switch condition {
            case .any: true
            case .exists: model != nil
            case .isAbsent: model == nil
            case .revisions(let revisions): model.map { revisions.contains($0.revision) } ?? false
            }
        guard isMet else { throw Error.preconditionFailed }
    }

    /// Takes a version whose file is damaged out of service; the newest sound one serves in its place.
    package func setAside(_ version: Version) throws {
        defer { announce() }
        try reportingFullDisk {
            try write { database in
                try Self.mark(version, isSetAside: true, database)
                try Self.replaceDamaged(of: version.model, database)
            }
        }
    }

    /// Takes versions into service again that were set aside and whose files have come back; one that was displaced serves.
    ///
    /// - Returns: the numbers of those.
    func takeBack(_ model: String) throws -> [Int] {
        let bodies = try database.read { database in
            let sql = "SELECT body FROM version WHERE model = ? AND isSetAside ORDER BY number"
            return try String.fetchAll(database, sql: sql, arguments: [model])
        }
        let sound = try bodies.map { try StoredJSON.decoded(Version.self, $0) }.filter { version in
            let path = try directory.weightsPath(model: version.model, version: version.number)
            // A file is read once for each time that it changes, however often it is asked for.
            guard let stamp = Disk.stamp(of: path), stamp.size == version.bytes,
                looked.withLock({ $0.updateValue(stamp, forKey: path) }) != stamp
            else { return false }
            return try Self.isSound(version, directory)
        }
        guard !sound.isEmpty else { return [] }
        defer { announce() }
        try reportingFullDisk {
            try write { database in
                for version in sound { try Self.mark(version, isSetAside: false, database) }
                try Self.putBackDisplaced(of: model, database)
            }
        }
        return sound.map(\.number)
    }

    /// Lets the newest sound version serve where the one that does is not, until that comes back.
    static func replaceDamaged(of model: String, _ database: Database) throws {
        let versions = try versions(of: model, database)
        let sql = "SELECT current FROM model WHERE name = ?"
        let current = try Int.fetchOne(database, sql: sql, arguments: [model])
        guard let current, !versions.contains(where: { $0.number == current }) else { return }
        try database.execute(
            sql: "UPDATE model SET current = ?, displaced = COALESCE(displaced, current) WHERE name = ?",
            arguments: [versions.first?.number, model])
    }

    /// Lets a version serve that did until it was damaged, if it is sound again and nobody has chosen another one since;
    /// the newest sound one where none does.
    static func putBackDisplaced(of model: String, _ database: Database) throws {
        let sql = "SELECT current, displaced FROM model WHERE name = ?"
        guard let row = try Row.fetchOne(database, sql: sql, arguments: [model]) else { return }
        let numbers = try versions(of: model, database).map(\.number)
        if let displaced: Int = row["displaced"], numbers.contains(displaced) {
            try setCurrent(displaced, of: model, database)
        } else if row["current"] == nil, let newest = numbers.first {
            try database.execute(sql: "UPDATE model SET current = ? WHERE name = ?", arguments: [newest, model])
        }
    }
}
