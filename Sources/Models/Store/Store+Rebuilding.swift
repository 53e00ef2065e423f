import Formats
import Foundation
import GRDB

/// What a database that is lost, or older than the folder, has forgotten of models comes back from their files: who follows
/// is told of a model's versions, and every file of weights tells where it comes from.
extension Store {
    /// Brings back the models that the folder knows better. Part of the transaction that recovers: whatever interrupts it,
    /// the next start does the same.
    static func rebuild(
        _ database: Database, _ directory: DataDirectory, largestWeights: Int
    ) throws -> [Recovery.Rebuilt] {
        var rebuilt: [Recovery.Rebuilt] = []
        for file in Disk.names(in: "\(directory.path)/\(DataDirectory.publications)") {
            // What cannot be read tells nothing.
            guard let publication = try? Publication(file: file, in: directory.path) else { continue }
            // It is written behind the transaction that it tells of, and so never ahead of the database that it is from.
            let last = try Int.fetchOne(
                database, sql: "SELECT last FROM model WHERE name = ?", arguments: [publication.name])
            guard publication.last > last ?? 0 else { continue }
            try restore(publication, database)
            rebuilt.append(Recovery.Rebuilt(name: publication.name, versions: publication.versions.map(\.number)))
        }
        for name in Disk.names(in: "\(directory.path)/models") {
            guard let folder = try? directory.folder(ofModel: name), Disk.isFolder(folder),
                try Int.fetchOne(database, sql: "SELECT last FROM model WHERE name = ?", arguments: [name]) == nil
            else { continue }
            let versions = Disk.names(in: folder).compactMap { file in
                version(of: name, inFile: "\(folder)/\(file)", largestWeights)
            }.sorted { $0.number > $1.number }
            guard let newest = versions.first?.number else { continue }
            try restore(Publication(name: name, last: newest, current: newest, tags: [:], versions: versions), database)
            rebuilt.append(Recovery.Rebuilt(name: name, versions: versions.map(\.number)))
        }
        return rebuilt
    }

    private static func restore(_ publication: Publication, _ database: Database) throws {
        let name = publication.name
        try database.execute(
            sql: "INSERT INTO model (name, last) VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
            arguments: [name, publication.last])
        for version in publication.versions {
            try database.execute(
                sql: "INSERT OR IGNORE INTO version (model, number, body) VALUES (?, ?, ?)",
                arguments: [name, version.number, try StoredJSON.encoded(version)])
        }
        try setCurrent(publication.current, of: name, database)
        // Far beyond any that was told before: no entity tag names two states of a model.
        try database.execute(
            sql: "UPDATE model SET tags = ?, revision = MAX(revision, ?) WHERE name = ?",
            arguments: [try StoredJSON.encoded(publication.tags), Date.now.millisecondsSince1970, name])
    }

    /// What a file of weights tells of itself; `nil` where it is none, or not as its name says.
    private static func version(of model: String, inFile path: String, _ largest: Int) -> Version? {
        let name = (path as NSString).lastPathComponent
        guard let number = Int(name.prefix { $0 != "." }), number > 0, name == "\(number).safetensors",
            let bytes = try? Disk.read(path, atMost: largest), let file = try? WeightsFile(bytes)
        else { return nil }
        var version = Version(
            model: model, number: number, jobID: nil, step: file.provenance.step, seed: file.provenance.seed,
            dataSHA256: file.provenance.dataSHA256, metrics: file.provenance.metrics, manifest: file.manifest,
            createdAt: file.provenance.createdAt)
        version.sha256 = Digest.sha256(bytes)
        version.bytes = bytes.count
        return version
    }
}
