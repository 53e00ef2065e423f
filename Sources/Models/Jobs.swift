package import Formats
import Foundation
import GAN
package import Logging
import Synchronization

/// The jobs: their queue, those that run, and what becomes of them.
package actor Jobs {
    /// What is asked of a new job.
    package struct Submission: Sendable {
        package var model: String
        package var training: Training
        package var table: Table

        package init(model: String, training: Training, table: Table) {
            self.model = model
            self.training = training
            self.table = table
        }
    }

    /// Why a job cannot be canceled.
    package struct NotActive: Error {
        package let job: Job
    }

    /// The server is on its way out.
    package struct ShuttingDown: Error {}

    private struct Run {
        var job: Job
        let actor: ModelActor
    }

    private let executor = QueueExecutor(label: "gand.jobs")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let store: Store
    private let catalog: Catalog
    private let workers: DispatchWorkers
    private let concurrency: Int
    private let keptVersions: Int
    private let checkpointInterval: Duration
    private let logger: Logger

    private var queue: [Job] = []
    private var running: [String: Run] = [:]
    private var waiting: [String: [UUID: CheckedContinuation<Void, Never>]] = [:]
    private var isStopping = false
    private var whenIdle: CheckedContinuation<Void, Never>?

    package init(
        store: Store, catalog: Catalog, threads: Int, concurrency: Int = 1, keptVersions: Int = 5,
        checkpointInterval: Duration = .seconds(30), logger: Logger
    ) {
        self.store = store
        self.catalog = catalog
        workers = DispatchWorkers(count: threads)
        self.concurrency = concurrency
        self.keptVersions = keptVersions
        self.checkpointInterval = checkpointInterval
        self.logger = logger
    }

    /// Goes on with what the last process left.
    package func start() {
        queue = store.recovery.jobs
        for job in queue { logger.info("job goes on", metadata: ["job": "\(job.id)", "model": "\(job.model)"]) }
        runNext()
    }

    /// Accepts a job; it and its data are durable when this returns.
    ///
    /// - Throws: `Store.Error`, `ShuttingDown`.
    package func submit(_ submission: Submission) throws -> Job {
        guard !isStopping else { throw ShuttingDown() }
        let dataset = try Safetensors(submission.table)
        let specification = submission.training.specification
        let job = try store.accept(
            Job(
                model: submission.model, specification: try submission.training.encoded(),
                rows: submission.table.rowCount, columns: submission.table.columns.count,
                dataSHA256: Digest.sha256(dataset.encoded()), seed: specification.seed,
                warnings: specification.warnings(for: submission.table)),
            dataset: dataset)
        logger.info("job accepted", metadata: ["job": "\(job.id)", "model": "\(job.model)", "rows": "\(job.rows)"])
        queue.append(job)
        runNext()
        return running[job.id]?.job ?? job
    }

    package func job(_ id: String) throws -> Job {
        guard let run = running[id] else { return try store.job(id) }
        return current(run)
    }

    package func latest() throws -> Job? { try store.latestJob().map { try job($0.id) } }

    /// Newest first.
    package func list(status: Job.Status?, model: String?, limit: Int, after: String?) throws -> [Job] {
        try store.jobs(status: status, model: model, limit: limit, after: after).map { job in
            running[job.id].map(current) ?? job
        }
    }

    /// Whether a job of that model waits or runs.
    package func isActive(_ model: String) -> Bool {
        queue.contains { $0.model == model } || running.values.contains { $0.job.model == model }
    }

    /// Waits until the job is over, but no longer than given.
    package func wait(for id: String, within timeout: Duration) async throws -> Job {
        let job = try job(id)
        guard !job.status.isTerminal else { return job }
        let key = UUID()
        let clock = Task {
            try await Task.sleep(for: timeout)
            self.wake(id, key)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiting[id, default: [:]][key] = $0 }
        } onCancel: {
            Task { await self.wake(id, key) }
        }
        clock.cancel()
        return try self.job(id)
    }

    private func wake(_ id: String, _ key: UUID) {
        waiting[id]?.removeValue(forKey: key)?.resume()
        if waiting[id]?.isEmpty == true { waiting[id] = nil }
    }

    /// Cancels a job; a running one stops at its next step and keeps its last snapshot.
    package func cancel(_ id: String) throws -> Job {
        if let run = running[id] {
            run.actor.stop(.cancel)
            return current(run)
        }
        guard let index = queue.firstIndex(where: { $0.id == id }) else { throw NotActive(job: try store.job(id)) }
        var job = queue.remove(at: index)
        try job.cancel()
        try store.finish(job)
        finished(job)
        return job
    }

    /// Stops the trainings at their next steps; their jobs go back to the queue on disk.
    package func stop() async {
        isStopping = true
        for run in running.values { run.actor.stop(.shutDown) }
        guard !running.isEmpty else { return }
        await withCheckedContinuation { whenIdle = $0 }
    }

    package func delete(model: String) throws {
        try store.delete(model: model)
        catalog.forget(model)
    }

    package func delete(model: String, version: Int) throws {
        try store.delete(model: model, version: version)
        catalog.forget(model, version: version)
    }

    private func current(_ run: Run) -> Job {
        var job = run.job
        let live = run.actor.live.withLock(\.self)
        job.progress = live.progress
        job.metrics = live.metrics
        job.warnings += live.warnings
        try? job.enter(live.stage)
        return job
    }

    private func runNext() {
        while !isStopping, running.count < concurrency, !queue.isEmpty {
            var job = queue.removeFirst()
            do {
                try job.start()
                try store.update(job)
                guard let dataset = try store.dataset(ofJob: job.id) else { throw Store.Error.corruptFile("data set") }
                let actor = ModelActor(
                    model: job.model, catalog: catalog, store: store, checkpointInterval: checkpointInterval,
                    workers: workers)
                let started = job
                running[job.id] = Run(job: started, actor: actor)
                Task { self.end(started.id, await actor.train(started, dataset: dataset)) }
            } catch {
                fail(&job, code: "internal", "the job could not be started")
            }
        }
    }

    private func end(_ id: String, _ outcome: ModelActor.Outcome) {
        guard let run = running[id] else { return }
        var job = current(run)
        do {
            switch outcome {
            case .finished(let snapshot, let metrics):
                job.metrics = metrics
                try job.succeed()
                try publish(snapshot, job, makeCurrent: true)
            case .canceled(let snapshot):
                try job.cancel()
                try conclude(job, keeping: snapshot)
            case .diverged(let snapshot):
                try job.fail(Job.Failure(code: "diverged", detail: "the training came to numbers that are not finite"))
                try conclude(job, keeping: snapshot)
            case .failed(let detail):
                try job.fail(Job.Failure(code: "internal", detail: detail))
                try store.finish(job)
            case .shutDown:
                try job.requeue()
                try store.update(job)
            }
        } catch {
            logger.error("job could not be concluded", metadata: ["job": "\(id)", "error": "\(error)"])
            job = run.job
            let isFull = (error as? Store.Error) == .insufficientStorage
            fail(&job, code: isFull ? "insufficient_storage" : "internal", "the model could not be saved")
        }
        running[id] = nil
        finished(job)
        runNext()
        if running.isEmpty {
            whenIdle?.resume()
            whenIdle = nil
        }
    }

    /// Ends a job that did not come to its end, with the last snapshot of it as a version.
    private func conclude(_ job: Job, keeping snapshot: Snapshot?) throws {
        guard let snapshot else { return try store.finish(job, keepingData: Training(of: job).keepsData) }
        // What serves already is not replaced by something unfinished.
        try publish(snapshot, job, makeCurrent: !catalog.hasPublished(job.model))
    }

    private func publish(_ snapshot: Snapshot, _ job: Job, makeCurrent: Bool) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let manifest = String(decoding: try encoder.encode(snapshot.manifest), as: UTF8.self)
        let weights = try Safetensors(
            tensors: snapshot.tensors.map {
                Safetensors.Tensor(name: $0.name, shape: $0.shape, values: .float32($0.values))
            },
            metadata: ["format": "gand", "manifest": manifest])
        let version = Version(
            model: job.model, number: job.version, jobID: job.id, step: snapshot.manifest.step, seed: job.seed,
            dataSHA256: job.dataSHA256, metrics: job.metrics, manifest: manifest)
        _ = try store.publish(
            version, weights: weights, finishing: job, keepingData: Training(of: job).keepsData,
            keeping: keptVersions, makeCurrent: makeCurrent)
        guard makeCurrent else { return }
        catalog.serve(Served(model: job.model, version: job.version, isPublished: true, snapshot: snapshot))
    }

    private func fail(_ job: inout Job, code: String, _ detail: String) {
        try? job.fail(Job.Failure(code: code, detail: detail))
        do {
            try store.finish(job)
        } catch {
            logger.error("job could not be saved", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
        finished(job)
    }

    private func finished(_ job: Job) {
        if job.status.isTerminal { catalog.withdrawUnpublished(job.model) }
        logger.info(
            "job \(job.status.rawValue)",
            metadata: [
                "job": "\(job.id)", "model": "\(job.model)", "step": "\(job.progress.step)",
                "error": "\(job.error?.code ?? "none")",
            ])
        for continuation in (waiting.removeValue(forKey: job.id) ?? [:]).values { continuation.resume() }
    }
}
