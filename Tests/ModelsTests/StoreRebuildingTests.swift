import Formats
import Foundation
import GAN
import GRDB
import Models
import TestSupport
import Testing

/// A database that is lost, damaged or of another day, beside files that are not.
@Suite struct StoreRebuildingTests {
    private let folder = TemporaryFolder()

    private func open() throws -> Store { try Store(directory: DataDirectory(path: folder.path)) }

    private func file(_ name: String) -> URL { URL(fileURLWithPath: "\(folder.path)/\(name)") }

    /// Two models, one of which was rolled back and has a tag, and one that is deleted.
    private func fill() throws {
        let store = try open()
        for _ in 1...3 { try store.complete(store.begin()) }
        try store.change(model: "people", Store.Change(currentVersion: 2, tags: ["team": "blue"]))
        try store.complete(store.begin("other"))
        try store.complete(store.begin("gone"))
        try store.delete(model: "gone")
    }

    private func expectAll(_ store: Store) throws {
        let model = try store.model("people")
        #expect(model.currentVersion == 2 && model.versions.map(\.number) == [3, 2, 1])
        #expect(model.tags == ["team": "blue"])
        for version in model.versions { #expect(try store.weights(of: version) == .example(Float(version.number))) }
        #expect(try store.models().map(\.name) == ["other", "people"])
        #expect(
            TemporaryFolder.files(in: folder.path).filter { $0.hasPrefix("models/") }
                == ["models/other/1.safetensors"] + (1...3).map { "models/people/\($0).safetensors" })
        #expect(store.recovery.setAside.isEmpty)
    }

    enum Loss: CaseIterable {
        case removed, emptied, emptiedBesideItsJournal, text, truncated, overwritten, foreign, without, bodies
    }

    private func lose(_ loss: Loss) throws {
        let path = folder.path + "/gand.sqlite"
        switch loss {
        case .removed: try FileManager.default.removeItem(atPath: path)
        case .emptied: try Data().write(to: file("gand.sqlite"))
        case .emptiedBesideItsJournal:
            try Data().write(to: file("gand.sqlite"))
            try Data(repeating: 1, count: 100).write(to: file("gand.sqlite-wal"))
        case .text: try Data("no database".utf8).write(to: file("gand.sqlite"))
        case .truncated:
            let whole = try Data(contentsOf: file("gand.sqlite"))
            try whole.prefix(whole.count / 2).write(to: file("gand.sqlite"))
        case .overwritten:
            var bytes = try Data(contentsOf: file("gand.sqlite"))
            for index in 4096..<bytes.count { bytes[index] = 0x55 }
            try bytes.write(to: file("gand.sqlite"))
        case .foreign:
            try FileManager.default.removeItem(atPath: path)
            try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE model (a)") }
        case .without: try DatabaseQueue(path: path).write { try $0.execute(sql: "DROP TABLE version") }
        case .bodies: try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE version SET body = '{}'") }
        }
    }

    @Test(arguments: Loss.allCases) func modelsComeBackFromTheirFiles(_ loss: Loss) throws {
        try fill()
        try lose(loss)
        do {
            let store = try open()
            try expectAll(store)
            #expect(store.recovery.rebuilt.map(\.name) == ["other", "people"])
            let isDamaged = ![.removed, .emptied, .emptiedBesideItsJournal].contains(loss)
            #expect((store.recovery.databaseDamage != nil) == isDamaged)
            let aside = TemporaryFolder.setAside(in: folder.path).filter { $0.hasPrefix("gand.sqlite") }
            let expected = loss == .emptiedBesideItsJournal ? ["gand.sqlite-wal"] : []
            #expect(aside == (isDamaged ? ["gand.sqlite"] : expected))
            // No number is given twice.
            #expect(try store.begin().version == 4)
        }
        // The next start finds nothing to mend but the job.
        let again = try open()
        try expectAll(again)
        #expect(again.recovery.rebuilt.isEmpty && again.recovery.databaseDamage == nil)
    }

    /// What a kill while all comes back leaves: the rows come in one transaction, so there is a database with or without
    /// tables, and none of the rows.
    @Test func aRebuildingThatIsKilledBeginsAnew() throws {
        try fill()
        let other = TemporaryFolder()
        _ = try Store(directory: DataDirectory(path: other.path))
        try FileManager.default.removeItem(at: file("gand.sqlite"))
        try FileManager.default.copyItem(atPath: other.path + "/gand.sqlite", toPath: folder.path + "/gand.sqlite")
        let store = try open()
        try expectAll(store)
        #expect(store.recovery.rebuilt.map(\.name) == ["other", "people"] && store.recovery.databaseDamage == nil)
    }

    @Test func aDatabaseOfAnotherDayLearnsWhatCameSince() throws {
        func publish(_ count: Int) throws {
            let store = try open()
            for _ in 0..<count { try store.complete(store.begin()) }
        }
        try publish(1)
        let older = try Data(contentsOf: file("gand.sqlite"))
        try publish(2)
        try older.write(to: file("gand.sqlite"))
        let store = try open()
        #expect(store.recovery.rebuilt.map(\.versions) == [[3, 2, 1]])
        #expect(try store.model("people").versions.map(\.number) == [3, 2, 1])
        #expect(try store.begin().version == 4)
    }

    @Test func filesOfWeightsTellWhatTheyAre() throws {
        var request = Specification.Request(seed: 4)
        request.steps = 0
        let table = Distribution.demonstration.table(count: 400, seed: 4)
        let weights = try WeightsFile(
            Trainer(Material(request, for: table)).snapshot(),
            WeightsFile.Provenance(
                model: "numbers", version: 1, createdAt: Date(timeIntervalSince1970: 1_700_000_000), step: 0, seed: 4,
                dataSHA256: String(repeating: "a", count: 64), metrics: ["quality": 0.5]))
        do {
            let store = try open()
            for _ in 1...2 {
                let number = try store.takeVersionNumber(model: "numbers")
                try store.publish(
                    Version(
                        model: "numbers", number: number, jobID: nil, step: 0, seed: 4, dataSHA256: "", metrics: [:],
                        manifest: weights.manifest), file: weights.bytes)
            }
            _ = try store.begin()
        }
        try FileManager.default.removeItem(at: file("gand.sqlite"))
        try FileManager.default.removeItem(at: file("published"))
        let job = try #require(TemporaryFolder.files(in: folder.path).first { $0.hasPrefix("jobs/") })
        try Data("no weights".utf8).write(to: file("models/numbers/3.safetensors"))
        let store = try open()
        #expect(store.recovery.rebuilt.map(\.versions) == [[2, 1]])
        let version = try store.version(model: "numbers")
        #expect(version.number == 2 && version.sha256 == Digest.sha256(weights.bytes))
        #expect(version.metrics == ["quality": 0.5] && version.manifest == weights.manifest)
        // Nobody knows what these were for.
        #expect(store.recovery.unknownFiles.sorted() == [job, "models/numbers/3.safetensors"])
        #expect(TemporaryFolder.setAside(in: folder.path) == [job, "models/numbers/3.safetensors"])
    }

    @Test func whatIsNotOursStays() throws {
        try fill()
        for name in ["models/lost+found", "models/Mine", "jobs/lost+found"] {
            try FileManager.default.createDirectory(at: file(name), withIntermediateDirectories: true)
            try Data([1]).write(to: file("\(name)/7"))
        }
        try Data([1]).write(to: file("models/notes"))
        let store = try open()
        #expect(store.recovery.unknownFiles == ["models/notes"])
        for name in ["models/lost+found/7", "models/Mine/7", "jobs/lost+found/7"] {
            #expect(FileManager.default.fileExists(atPath: file(name).path), "\(name)")
        }
    }

    @Test func aDatabaseOfANewerVersionIsNotTouched() throws {
        try fill()
        try DatabaseQueue(path: file("gand.sqlite").path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')")
        }
        #expect(throws: DataDirectory.Error.databaseTooNew) { try open() }
        #expect(TemporaryFolder.setAside(in: folder.path).isEmpty)
    }

    @Test func aPublicationThatDoesNotFitTellsNothing() throws {
        try fill()
        let told = try String(contentsOf: file("published/people.json"), encoding: .utf8)
        for text in [
            "", "{", told.replacingOccurrences(of: "\"people\"", with: "\"other\""),
            told.replacingOccurrences(of: "\"last\":3", with: "\"last\":-3"),
            told.replacingOccurrences(of: "\"current\":2", with: "\"current\":9"),
        ] {
            try FileManager.default.removeItem(at: file("gand.sqlite"))
            try Data(text.utf8).write(to: file("published/people.json"))
            let store = try open()
            // The files of this store hold no model, so nothing else tells of it.
            #expect(store.recovery.rebuilt.map(\.name) == ["other"])
            #expect(throws: Store.Error.modelNotFound("people")) { try store.model("people") }
        }
        #expect(TemporaryFolder.setAside(in: folder.path).count == 3)
    }

    @Test func anotherChoiceOutlivesTheReturnOfAFile() throws {
        try fill()
        let bytes = try Data(contentsOf: file("models/people/2.safetensors"))
        try FileManager.default.removeItem(at: file("models/people/2.safetensors"))
        do {
            let store = try open()
            #expect(try store.version(model: "people").number == 3)
            try store.change(model: "people", Store.Change(currentVersion: 1))
        }
        try bytes.write(to: file("models/people/2.safetensors"))
        #expect(try open().model("people").currentVersion == 1)
        // All of them away, and back.
        try FileManager.default.moveItem(at: file("models/people"), to: file("aside"))
        #expect(try open().model("people").currentVersion == nil)
        try FileManager.default.moveItem(at: file("aside"), to: file("models/people"))
        #expect(try open().model("people").currentVersion == 1)
    }
}
