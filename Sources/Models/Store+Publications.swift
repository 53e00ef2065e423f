import Foundation
import GRDB
import Synchronization

extension Store {
    /// Whether a followed server has told something that cannot be taken over yet.
    package enum MirrorError: Swift.Error, Hashable {
        /// The file of the version that is to serve is not there, or not whole.
        case incomplete(model: String, number: Int)
        /// The folder has models or jobs of its own, which following another would delete.
        case notAMirror
    }

    /// Tells those who follow this store what has changed of its models. What cannot be written now is written at the
    /// next change, or when the store is opened again.
    func announce() {
        announced.withLock { announced in
            guard let revisions = try? database.read(Self.revisions) else { return }
            for (name, revision) in revisions where announced[name] != revision {
                guard let path = try? directory.publicationPath(model: name) else { continue }
                do {
                    if let publication = try database.read({ try Self.publication(of: name, $0) }) {
                        let bytes = Array(try Self.encoded(publication).utf8)
                        try Disk.write(bytes, to: path, through: directory.temporaryPath())
                    } else {
                        Disk.remove(path)
                    }
                    announced[name] = revision
                } catch {
                    continue
                }
            }
        }
    }

    private static func revisions(_ database: Database) throws -> [String: Int] {
        let rows = try Row.fetchAll(database, sql: "SELECT name, revision FROM model")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["revision"]) })
    }

    /// `nil` for a model without a version.
    private static func publication(of name: String, _ database: Database) throws -> Publication? {
        guard let model = try storedModel(name, database), !model.versions.isEmpty else { return nil }
        let last = try Int.fetchOne(database, sql: "SELECT last FROM model WHERE name = ?", arguments: [name])
        return Publication(
            name: name, last: last ?? 0, current: model.currentVersion, tags: model.tags, versions: model.versions)
    }

    /// Makes this store one that follows another, or one of its own again: what it has is kept then.
    package func setMirror(_ isMirror: Bool) throws {
        let marker = directory.mirrorMarker
        guard isMirror else { return Disk.remove(marker) }
        guard Disk.size(of: marker) == nil else { return }
        guard try models().isEmpty, try latestJob() == nil else { throw MirrorError.notAMirror }
        try Disk.write([], to: marker, through: directory.temporaryPath())
    }

    /// Becomes what another store has published of a model; files are copied from its folder. Versions that are gone
    /// there meanwhile are left out, but for the one that serves.
    func take(_ publication: Publication, from folder: String) throws {
        let name = publication.name
        guard publication.versions.allSatisfy({ $0.model == name }) else { throw Error.invalidName(name) }
        let known = Set(try database.read { try Self.versions(of: name, $0) }.map(\.sha256))
        try reportingFullDisk {
            try Disk.makeFolder(directory.folder(ofModel: name))
            try Disk.syncFolder("\(directory.path)/models")
        }
        var versions: [Version] = []
        for version in publication.versions {
            if try known.contains(version.sha256) || copy(version, from: folder) {
                versions.append(version)
            } else if version.number == publication.current {
                throw MirrorError.incomplete(model: name, number: version.number)
            }
        }
        let gone = try transaction { database in
            try database.execute(
                sql: """
                    INSERT INTO model (name, last) VALUES (:name, :last) ON CONFLICT DO UPDATE SET last = excluded.last
                    """, arguments: ["name": name, "last": publication.last])
            let numbers = try Int.fetchAll(
                database, sql: "DELETE FROM version WHERE model = ? RETURNING number", arguments: [name])
            for version in versions {
                try database.execute(
                    sql: "INSERT INTO version (model, number, body) VALUES (?, ?, ?)",
                    arguments: [name, version.number, try Self.encoded(version)])
            }
            try database.execute(
                sql: "UPDATE model SET current = ?, tags = ? WHERE name = ?",
                arguments: [publication.current, try Self.encoded(publication.tags), name])
            return Set(numbers).subtracting(versions.map(\.number))
        }
        for number in gone { Disk.remove(try directory.weightsPath(model: name, version: number)) }
        announce()
    }

    /// - Returns: whether the file is there, and what was published.
    private func copy(_ version: Version, from folder: String) throws -> Bool {
        let path = "\(folder)/models/\(try DataDirectory.checked(version.model))/\(version.number).safetensors"
        guard Disk.size(of: path) == version.bytes, let bytes = try? Disk.read(path),
            Digest.sha256(bytes) == version.sha256
        else { return false }
        try checkDisk(for: bytes.count)
        try reportingFullDisk {
            try Disk.write(
                bytes, to: directory.weightsPath(model: version.model, version: version.number),
                through: directory.temporaryPath())
        }
        return true
    }
}
