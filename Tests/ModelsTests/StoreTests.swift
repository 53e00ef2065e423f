import Foundation
import GRDB
import Models
import Synchronization
import TestSupport
import Testing

extension TemporaryFolder {
    /// The plain files below, but the database, the lock and the format.
    static func files(in path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter {
            ($0.hasSuffix(".safetensors") || $0.hasPrefix("tmp/")) && !$0.hasPrefix("set-aside/")
        }.sorted()
    }

    /// What was set aside, by where it was.
    static func setAside(in path: String) -> [String] {
        let folder = path + "/set-aside"
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return attributes?[.type] as? FileAttributeType == .typeRegular
        }.map { $0.split(separator: "/").dropFirst().joined(separator: "/") }.sorted()
    }
}

extension Safetensors {
    static func example(_ value: Float = 1) throws -> Safetensors {
        try Safetensors(tensors: [.init(name: "x", shape: [2], values: .float32([value, 2]))])
    }
}

extension Store {
    /// Takes a job from its acceptance to running.
    func begin(_ model: String = "people") throws -> Job {
        var job = try accept(.example(model), dataset: .example())
        try job.start()
        try update(job)
        return job
    }

    /// Publishes what a running job learnt and ends it.
    @discardableResult
    func complete(_ job: Job, keeping count: Int = 5, makeCurrent: Bool = true) throws -> Version {
        var job = job
        try job.succeed()
        return try publish(
            .example(job), file: Safetensors.example(Float(job.version)).encoded(), finishing: job, keeping: count,
            makeCurrent: makeCurrent)
    }
}

extension Version {
    static func example(_ job: Job, number: Int? = nil) -> Version {
        Version(
            model: job.model, number: number ?? job.version, jobID: job.id, step: 10, seed: job.seed,
            dataSHA256: job.dataSHA256, metrics: ["loss": 0.5], manifest: "{}")
    }
}

@Suite struct StoreTests {
    /// The disk as it is before each step of `body`, opened anew: what a crash there would leave.
    static func crash(
        _ prepare: (Store) throws -> Job?, _ body: (Store, Job?) throws -> Void,
        check: (StoreStep, Store) throws -> Void
    ) throws -> [StoreStep] {
        let folder = TemporaryFolder()
        let copies = Mutex<[(StoreStep, TemporaryFolder)]?>(nil)
        let store = try Store(directory: DataDirectory(path: folder.path)) { step in
            try copies.withLock { copies in
                guard copies != nil else { return }
                let copy = TemporaryFolder()
                try FileManager.default.copyItem(atPath: folder.path, toPath: copy.path)
                copies?.append((step, copy))
            }
        }
        let job = try prepare(store)
        copies.withLock { $0 = [] }
        try body(store, job)
        let taken = copies.withLock { $0 ?? [] }
        for (step, copy) in taken {
            let reopened = try Store(directory: DataDirectory(path: copy.path))
            try check(step, reopened)
            // A second start finds nothing left to mend.
            #expect(TemporaryFolder.files(in: copy.path).allSatisfy { !$0.hasPrefix("tmp/") })
        }
        return taken.map(\.0)
    }

    @Test func aCrashWhilePublishingLeavesTheOldOrTheNew() throws {
        let steps = try Self.crash(
            { store in
                try store.complete(store.begin(), keeping: 1)
                return try store.begin()
            },
            { store, job in try store.complete(try #require(job), keeping: 1) }
        ) { step, store in
            let isNew = step == .removeFiles
            let model = try store.model("people")
            #expect(model.currentVersion == (isNew ? 2 : 1), "\(step)")
            #expect(model.versions.map(\.number) == [isNew ? 2 : 1], "\(step)")
            let weights = try store.weights(of: store.version(model: "people"))
            #expect(try weights == .example(isNew ? 2 : 1), "\(step)")
            let job = try #require(try store.latestJob())
            #expect(job.status == (isNew ? .succeeded : .queued) && job.restarts == (isNew ? 0 : 1), "\(step)")
            #expect(store.recovery.jobs == (isNew ? [] : [job]))
            #expect(store.recovery.setAside.isEmpty)
            let expected =
                ["models/people/\(isNew ? 2 : 1).safetensors"] + (isNew ? [] : ["jobs/\(job.id).safetensors"])
            #expect(TemporaryFolder.files(in: store.directory.path) == expected.sorted(), "\(step)")
            if !isNew {
                // The same job runs again and publishes under the same number.
                var again = job
                try again.start()
                try store.update(again)
                #expect(try store.complete(again).number == 2)
            }
        }
        #expect(steps == StoreStep.allCases)
    }

    @Test func aCrashWhileAcceptingLeavesNothingOrTheJob() throws {
        let steps = try Self.crash(
            { _ in nil }, { store, _ in _ = try store.accept(.example(), dataset: .example()) }
        ) { (step, store) throws in
            #expect(try store.jobs().isEmpty, "\(step)")
            #expect(TemporaryFolder.files(in: store.directory.path).isEmpty, "\(step)")
            // The number was not used up either.
            #expect(try store.accept(.example(), dataset: nil).version == 1)
        }
        #expect(steps == StoreStep.allCases.dropLast())
    }

    @Test func anErrorAtAnyStepLeavesTheOldAndNoFile() throws {
        struct Failure: Error {}
        for failing in StoreStep.allCases.dropLast() {
            let folder = TemporaryFolder()
            let isArmed = Mutex(false)
            let store = try Store(directory: DataDirectory(path: folder.path)) { step in
                if isArmed.withLock({ $0 }), step == failing { throw Failure() }
            }
            isArmed.withLock { $0 = true }
            #expect(throws: Failure.self) { try store.accept(.example(), dataset: .example()) }
            #expect(try store.jobs().isEmpty && TemporaryFolder.files(in: folder.path).isEmpty)
            isArmed.withLock { $0 = false }
            let job = try store.begin()
            isArmed.withLock { $0 = true }
            #expect(throws: Failure.self) { try store.complete(job) }
            #expect(try store.model("people").versions.isEmpty && store.job(job.id) == job)
            #expect(TemporaryFolder.files(in: folder.path) == ["jobs/\(job.id).safetensors"])
            isArmed.withLock { $0 = false }
            #expect(try store.complete(job).number == 1)
        }
    }

    @Test func aFullDiskIsAnErrorOfItsOwn() throws {
        for failing in [StoreStep.beginTransaction, .commitTransaction] {
            let folder = TemporaryFolder()
            let store = try Store(directory: DataDirectory(path: folder.path)) { step in
                if step == failing { throw DatabaseError(resultCode: .SQLITE_FULL) }
            }
            #expect(throws: Store.Error.insufficientStorage) { try store.accept(.example(), dataset: .example()) }
            #expect(TemporaryFolder.files(in: folder.path).isEmpty)
        }
    }

    @Test func threeDeathsAreACrashLoop() throws {
        let folder = TemporaryFolder()
        var id = ""
        for deaths in 0...3 {
            let store = try Store(directory: DataDirectory(path: folder.path))
            if deaths == 0 {
                id = try store.begin().id
                continue
            }
            var job = try store.job(id)
            #expect(job.restarts == deaths)
            if deaths < 3 {
                #expect(store.recovery.jobs == [job] && store.recovery.failed.isEmpty)
                try job.start()
                try store.update(job)
            } else {
                #expect(store.recovery.jobs.isEmpty && store.recovery.failed == [job])
                #expect(job.error?.code == "crash_loop")
                #expect(TemporaryFolder.files(in: folder.path) == ["jobs/\(id).safetensors"])
            }
        }
    }

    @Test func aJobThatGetsFurtherIsNoCrashLoop() throws {
        let folder = TemporaryFolder()
        var id = ""
        for deaths in 0...5 {
            let store = try Store(directory: DataDirectory(path: folder.path))
            if deaths == 0 { id = try store.begin().id }
            var job = try store.job(id)
            #expect(job.restarts == deaths)
            if deaths > 0 {
                #expect(job.status == .queued)
                try job.start()
                try store.update(job)
            }
            try store.saveCheckpoint(.example(Float(deaths)), ofJob: id)
        }
    }

    @Test func damagedVersionsAndUnknownFilesAreSetAside() throws {
        let folder = TemporaryFolder()
        let file = folder.path + "/models/people/2.safetensors"
        do {
            let store = try Store(directory: DataDirectory(path: folder.path))
            try store.complete(store.begin())
            try store.complete(store.begin())
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        try bytes.dropLast().write(to: URL(fileURLWithPath: file))
        let orphan = folder.path + "/models/people/9.safetensors"
        try bytes.write(to: URL(fileURLWithPath: orphan))
        do {
            let store = try Store(directory: DataDirectory(path: folder.path))
            #expect(store.recovery.setAside.map(\.number) == [2])
            // It may be of use to somebody.
            #expect(store.recovery.unknownFiles == ["models/people/9.safetensors"])
            #expect(TemporaryFolder.setAside(in: folder.path) == ["models/people/9.safetensors"])
            #expect(try store.version(model: "people").number == 1)
            #expect(throws: Store.Error.versionNotFound(model: "people", number: 2)) {
                try store.version(model: "people", number: 2)
            }
        }
        try bytes.write(to: URL(fileURLWithPath: file))
        let store = try Store(directory: DataDirectory(path: folder.path))
        #expect(store.recovery.takenBack.map(\.number) == [2] && store.recovery.setAside.isEmpty)
        // It serves as it did before.
        #expect(try store.version(model: "people").number == 2)
        var changed = bytes
        changed[changed.count - 1] ^= 1
        try changed.write(to: URL(fileURLWithPath: file))
        let version = try store.version(model: "people", number: 2)
        #expect(throws: Store.Error.corruptFile("people@2")) { try store.weights(of: version) }
    }

    @Test(arguments: [
        "..", ".", "", "../x", "a/b", "/etc", "a\0b", ".hidden", "A", "é", String(repeating: "a", count: 65),
    ])
    func noNameLeavesTheFolder(_ name: String) throws {
        let folder = TemporaryFolder()
        let store = try Store(directory: DataDirectory(path: folder.path))
        let error = Store.Error.invalidName(name)
        let job = try Job.example(name)
        #expect(throws: error) { try store.accept(job, dataset: .example()) }
        #expect(throws: error) { try store.publish(.example(job, number: 1), file: Safetensors.example().encoded()) }
        #expect(throws: error) { try store.weights(of: .example(job, number: 1)) }
        #expect(throws: error) { try store.takeVersionNumber(model: name) }
        #expect(throws: error) { try store.delete(model: name, version: 1) }
        #expect(throws: error) { try store.dataset(ofJob: name) }
        #expect(throws: Store.Error.modelNotFound(name)) { try store.delete(model: name) }
        #expect(TemporaryFolder.files(in: folder.path).isEmpty)
    }

    @Test func manyModelsPublishAtOnce() async throws {
        let folder = TemporaryFolder()
        let store = try Store(directory: DataDirectory(path: folder.path), maximumQueued: 100)
        try await withThrowingTaskGroup { group in
            for model in 0..<8 {
                group.addTask { for _ in 0..<3 { try store.complete(store.begin("m\(model)"), keeping: 2) } }
            }
            try await group.waitForAll()
        }
        for model in try store.models() {
            #expect(model.versions.map(\.number) == [3, 2] && model.currentVersion == 3)
        }
        #expect(try store.models().count == 8 && TemporaryFolder.files(in: folder.path).count == 16)
    }
}
