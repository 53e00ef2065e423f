import Models
import TestSupport
import Testing

@Suite struct StoreVersionsTests {
    let folder = TemporaryFolder()

    @Test func keepsTheNewestAndTheOneThatServes() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        try store.complete(store.begin(), keeping: 2)
        for _ in 2...4 { try store.complete(store.begin(), keeping: 2, makeCurrent: false) }
        let model = try store.model("people")
        #expect(model.currentVersion == 1 && model.versions.map(\.number) == [4, 3, 1])
        #expect(TemporaryFolder.files(in: folder.path) == [1, 3, 4].map { "models/people/\($0).safetensors" })
        try store.change(model: "people", Store.Change(currentVersion: 3))
        #expect(try store.version(model: "people").number == 3)
        #expect(throws: Store.Error.versionNotFound(model: "people", number: 2)) {
            try store.change(model: "people", Store.Change(currentVersion: 2))
        }
    }

    @Test func aVersionComesBackAsPublishedAndNeverChanges() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let job = try store.begin()
        let version = try store.complete(job)
        #expect(try store.version(model: "people", number: 1) == version)
        let bytes = try Safetensors.example().encoded()
        #expect(version.bytes == bytes.count && version.sha256 == Digest.sha256(bytes))
        #expect(throws: Store.Error.versionExists(model: "people", number: 1)) {
            try store.publish(.example(job), file: Safetensors.example(9).encoded())
        }
        #expect(try store.weights(of: version) == .example())
    }

    @Test func deletesWhatIsNotInUse() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        for _ in 1...2 { try store.complete(store.begin()) }
        #expect(throws: Store.Error.versionInUse(model: "people", number: 2)) {
            try store.delete(model: "people", version: 2)
        }
        try store.delete(model: "people", version: 1)
        #expect(throws: Store.Error.versionNotFound(model: "people", number: 1)) {
            try store.delete(model: "people", version: 1)
        }
        var job = try store.begin()
        #expect(throws: Store.Error.trainingInProgress(model: "people")) { try store.delete(model: "people") }
        try job.cancel()
        try store.finish(job)
        try store.delete(model: "people")
        #expect(throws: Store.Error.modelNotFound("people")) { try store.model("people") }
        #expect(try store.models().isEmpty && TemporaryFolder.files(in: folder.path).isEmpty)
        // Its numbers are not given again.
        #expect(try store.begin().version == 4)
    }

    /// A job that waits goes on from a version: neither is it pruned nor can it be deleted meanwhile.
    @Test func whatAJobGoesOnFromIsInUse() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        for _ in 1...2 { try store.complete(store.begin()) }
        var job = try store.accept(.example(startVersion: 1), dataset: nil)
        #expect(throws: Store.Error.versionInUse(model: "people", number: 1)) {
            try store.delete(model: "people", version: 1)
        }
        let number = try store.takeVersionNumber(model: "people")
        try store.publish(.example(.example(), number: number), file: Safetensors.example().encoded(), keeping: 1)
        #expect(try store.model("people").versions.map(\.number) == [number, 1])
        try job.cancel()
        try store.finish(job)
        try store.delete(model: "people", version: 1)
    }

    @Test func aVersionWithoutAJobTakesItsOwnNumber() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let number = try store.takeVersionNumber(model: "people")
        try store.publish(.example(.example(), number: number), file: Safetensors.example().encoded())
        #expect(try store.model("people").currentVersion == 1)
        #expect(try store.begin().version == 2)
    }
}
