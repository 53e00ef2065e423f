import Models
import TestSupport
import Testing

@Suite struct StoreJobsTests {
    let folder = TemporaryFolder()

    @Test func oneActiveJobForAModelAndSoManyInTheQueue() throws {
        let store = try Store(directory: DataDirectory(path: folder.path), maximumQueued: 2)
        _ = try store.accept(.example("a"), dataset: nil)
        #expect(throws: Store.Error.trainingInProgress(model: "a")) {
            try store.accept(.example("a"), dataset: .example())
        }
        _ = try store.accept(.example("b"), dataset: nil)
        #expect(throws: Store.Error.queueFull(limit: 2)) { try store.accept(.example("c"), dataset: .example()) }
        #expect(TemporaryFolder.files(in: folder.path).isEmpty)
        #expect(try store.queuedJobs().map(\.model) == ["a", "b"])
        #expect(try store.latestJob()?.model == "b")
    }

    @Test func aJobComesBackAsItWas() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        var job = try store.accept(.example(seed: .max), dataset: .example())
        #expect(job.version == 1)
        #expect(try store.dataset(ofJob: job.id) == .example())
        try job.start()
        job.progress = Job.Progress(step: 5, steps: 10, epoch: 1, epochs: 2, stepsPerSecond: .infinity)
        job.metrics = ["loss": -.infinity, "accuracy": 0.1]
        job.warnings = ["few rows"]
        try store.update(job)
        #expect(try store.job(job.id) == job)
        #expect(throws: Store.Error.jobNotFound("x")) { try store.job("x") }
    }

    /// Data of several pieces are digested while they are written.
    @Test func aJobKnowsTheDigestOfItsData() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let data = try Safetensors(
            tensors: [.init(name: "x", shape: [100_000], values: .float64((0..<100_000).map { 1 / Double($0 + 1) }))])
        var job = try store.accept(.example(), dataset: data)
        let file = "\(folder.path)/jobs/\(job.id).safetensors"
        #expect(try job.dataSHA256 == Digest.sha256(data.encoded()) && job.dataSHA256 == Digest.sha256(ofFile: file))
        #expect(try store.job(job.id).dataSHA256 == job.dataSHA256)
        try job.cancel()
        try store.finish(job)
        #expect(try store.resume(job, as: Job(resuming: job)).dataSHA256 == job.dataSHA256)
    }

    @Test func aCheckpointLastsAsLongAsItsJob() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let other = try Safetensors(tensors: [.init(name: "w", shape: [2], values: .float32([1, -2]))])
        let job = try store.begin()
        #expect(try store.checkpoint(ofJob: job.id) == nil)
        try store.saveCheckpoint(Safetensors.example(), ofJob: job.id)
        try store.saveCheckpoint(other, ofJob: job.id)
        #expect(try store.checkpoint(ofJob: job.id) == other)
        try store.complete(job)
        #expect(try store.checkpoint(ofJob: job.id) == nil)
        #expect(TemporaryFolder.files(in: folder.path) == ["models/people/1.safetensors"])
    }

    @Test func whatWasCanceledGoesOnAsAnotherJob() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        var job = try store.begin()
        try store.saveCheckpoint(.example(3), ofJob: job.id)
        try job.cancel()
        try store.finish(job)
        #expect(try store.checkpoint(ofJob: job.id) == .example(3))
        let next = try store.resume(job, as: .example())
        #expect(try store.checkpoint(ofJob: next.id) == .example(3) && store.dataset(ofJob: next.id) == .example())
        #expect(try store.checkpoint(ofJob: job.id) == nil && store.dataset(ofJob: job.id) == nil)
        #expect(throws: Store.Error.jobNotResumable(job.id)) { try store.resume(job, as: .example("other")) }
        // Another job of the model takes the place of what might have gone on.
        var canceled = next
        try canceled.cancel()
        try store.finish(canceled)
        let other = try store.accept(.example(), dataset: nil)
        #expect(throws: Store.Error.jobNotResumable(next.id)) { try store.resume(canceled, as: .example("other")) }
        #expect(TemporaryFolder.files(in: folder.path).isEmpty)
        var last = other
        try last.cancel()
        try store.finish(last)
        #expect(throws: Store.Error.jobNotResumable(other.id)) { try store.resume(last, as: .example()) }
    }

    @Test func aKeyStandsForOneRequest() throws {
        let key = IdempotencyKey("k", digest: "a")
        var job: Job?
        do {
            let store = try Store(directory: DataDirectory(path: folder.path))
            #expect(try store.accepted(under: key) == nil)
            job = try store.accept(.example(), dataset: nil, key: key)
        }
        let store = try Store(directory: DataDirectory(path: folder.path))
        #expect(try store.accepted(under: key) == job)
        #expect(throws: Store.Error.idempotencyKeyReused) {
            try store.accepted(under: IdempotencyKey("k", digest: "b"))
        }
    }

    @Test func nothingIsAcceptedWhereTheDiskIsNearlyFull() throws {
        let store = try Store(directory: DataDirectory(path: folder.path), minimumFreeBytes: .max / 2)
        #expect(throws: Store.Error.insufficientStorage) { try store.accept(.example(), dataset: .example()) }
        #expect(try store.jobs().isEmpty && TemporaryFolder.files(in: folder.path).isEmpty)
    }

    @Test func whatIsOverStaysOver() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let running = try store.begin()
        var canceled = running
        try canceled.cancel()
        try store.finish(canceled)
        let files = ["jobs/\(running.id).safetensors"]
        #expect(TemporaryFolder.files(in: folder.path) == files)
        #expect(throws: Job.InvalidTransition(from: .canceled, to: .running)) { try store.update(running) }
        #expect(throws: Job.InvalidTransition(from: .canceled, to: .succeeded)) { try store.complete(running) }
        #expect(TemporaryFolder.files(in: folder.path) == files)
        #expect(try store.job(running.id) == canceled)
    }

    @Test func historyIsPrunedWithTheDataThatItKept() throws {
        let store = try Store(directory: DataDirectory(path: folder.path), history: 2)
        var ids: [String] = []
        for _ in 0..<4 {
            var job = try store.begin()
            try job.succeed()
            try store.finish(job, keepingData: true)
            ids.append(job.id)
        }
        #expect(try store.events(ofJob: ids[0]).isEmpty)
        #expect(try store.jobs().map(\.id) == ids.suffix(2).reversed())
        #expect(TemporaryFolder.files(in: folder.path) == ids.suffix(2).map { "jobs/\($0).safetensors" })
    }

    /// However many were accepted and ended while it ran.
    @Test func aJobThatHasJustEndedIsThereToBeSeen() throws {
        let store = try Store(directory: DataDirectory(path: folder.path), history: 1)
        var slow = try store.begin("slow")
        for _ in 0..<2 { try store.complete(store.begin("fast")) }
        try slow.succeed()
        try store.finish(slow)
        #expect(try store.job(slow.id).status == .succeeded && store.jobs().count == 1)
    }

    @Test func pagesAndFilters() throws {
        let store = try Store(directory: DataDirectory(path: folder.path))
        let ids = try ["a", "b", "c"].map { try store.accept(.example($0), dataset: nil).id }
        let page = try store.jobs(limit: 2)
        #expect(page.map(\.id) == [ids[2], ids[1]])
        #expect(try store.jobs(limit: 2, after: page[1].id).map(\.id) == [ids[0]])
        #expect(try store.jobs(model: "b").map(\.id) == [ids[1]])
        #expect(try store.jobs(status: .running).isEmpty)
        #expect(try store.jobs(limit: -1).isEmpty)
    }
}
