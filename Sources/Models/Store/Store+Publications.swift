import Foundation
import GRDB
import Synchronization

extension Store {
    /// Whether a followed server has told something that cannot be taken over yet.
    package enum MirrorError: Swift.Error, Hashable, CustomStringConvertible {
        /// The file of the version that is to serve is not there, or not whole.
        case incomplete(model: String, number: Int)
        /// The file of the version that is to serve is longer than this process can read.
        case tooLarge(model: String, number: Int, bytes: Int, limit: Int)
        /// The file of the version that is to serve is no model, or another one than was told.
        case unusable(model: String, number: Int, String)
        /// What is told does not fit its name, or itself.
        case invalid(model: String)
        /// The folder has models or jobs of its own, which following another would delete.
        case notAMirror

        package var description: String {
            switch self {
            case .incomplete(let model, let number): "the file of \(model)@\(number) is not there, or not whole"
            case .tooLarge(let model, let number, let bytes, let limit):
                "the file of \(model)@\(number) has \(bytes) bytes, of which \(limit) at most can be read here"
            case .unusable(let model, let number, let detail): "the file of \(model)@\(number): \(detail)"
            case .invalid(let model): "what is published of \(model) does not fit together"
            case .notAMirror: "the folder has models or jobs of its own"
            }
        }
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
                        let bytes = Array(try StoredJSON.encoded(publication).utf8)
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
    /// there meanwhile, or cannot be used, are left out, but for the one that serves.
    ///
    /// - Returns: why versions are left out.
    func take(_ publication: Publication, from folder: String) throws -> [MirrorError] {
        let name = publication.name
        let known = Set(try database.read { try Self.versions(of: name, $0) })
        try reportingFullDisk {
            try Disk.makeFolder(directory.folder(ofModel: name))
            try Disk.syncFolder("\(directory.path)/models")
        }
        var versions: [Version] = []
        var leftOut: [MirrorError] = []
        for version in publication.versions {
            do {
                if !known.contains(version) { try copy(version, from: folder) }
                versions.append(version)
            } catch let error as MirrorError where version.number != publication.current {
                leftOut.append(error)
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
                    arguments: [name, version.number, try StoredJSON.encoded(version)])
                try keep([directory.weightsPath(model: name, version: version.number)], database)
            }
            try Self.setCurrent(publication.current, of: name, database)
            try database.execute(
                sql: "UPDATE model SET tags = ? WHERE name = ?",
                arguments: [try StoredJSON.encoded(publication.tags), name])
            let gone = try Set(numbers).subtracting(versions.map(\.number)).map {
                try directory.weightsPath(model: name, version: $0)
            }
            try doom(gone, database)
            return gone
        }
        try remove(gone)
        announce()
        return leftOut
    }

    /// Copies the file of a version, once it is seen to be what was published, and a model that works: who writes the folder
    /// may be mistaken, or somebody else.
    private func copy(_ version: Version, from folder: String) throws {
        let (model, number) = (try DataDirectory.checked(version.model), version.number)
        guard version.bytes <= largestWeights else {
            throw MirrorError.tooLarge(model: model, number: number, bytes: version.bytes, limit: largestWeights)
        }
        let bytes: [UInt8]
        do throws(Disk.Failure) {
            bytes = try Disk.read(
                [model, "\(number).safetensors"], in: "\(folder)/models", atMost: version.bytes)
        } catch {
            guard error.code != ENOENT else { throw MirrorError.incomplete(model: model, number: number) }
            throw MirrorError.unusable(model: model, number: number, error.description)
        }
        guard bytes.count == version.bytes, Digest.sha256(bytes) == version.sha256 else {
            throw MirrorError.incomplete(model: model, number: number)
        }
        do throws(WeightsFile.Error) {
            guard try WeightsFile(bytes).manifest == version.manifest else {
                throw .model("its manifest is not what was published")
            }
        } catch {
            throw MirrorError.unusable(model: model, number: number, "\(error)")
        }
        let path = try directory.weightsPath(model: model, version: number)
        try checkDisk(for: bytes.count)
        try reportingFullDisk {
            try database.write { try doom([path], $0) }
            try Disk.write(bytes, to: path, through: directory.temporaryPath())
        }
    }
}
