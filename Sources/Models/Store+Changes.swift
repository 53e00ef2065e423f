import Foundation
import GRDB

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
        package var tags: [String: String]?

        package init(currentVersion: Int? = nil, tags: [String: String]? = nil) {
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
                        sql: "UPDATE model SET tags = ? WHERE name = ?", arguments: [try Self.encoded(tags), name])
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
                try database.execute(
                    sql: "UPDATE version SET isSetAside = 1 WHERE model = ? AND number = ?",
                    arguments: [version.model, version.number])
                try Self.replaceDamaged(of: version.model, database)
            }
        }
    }

    /// Lets the newest sound version serve where the one that does is not.
    static func replaceDamaged(of model: String, _ database: Database) throws {
        let versions = try versions(of: model, database)
        let sql = "SELECT current FROM model WHERE name = ?"
        let current = try Int.fetchOne(database, sql: sql, arguments: [model])
        guard let current, !versions.contains(where: { $0.number == current }) else { return }
        try setCurrent(versions.first?.number, of: model, database)
    }
}
