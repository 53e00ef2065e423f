import Formats
import Foundation
import GAN
package import Logging
import Synchronization

/// The jobs: their queue, those that run, and what becomes of them.
package actor Jobs {
    /// How long what a full disk has refused waits for another try.
    private static let diskPatience = Duration.seconds(1)

    private struct Run {
        var job: Job
        let actor: ModelActor
    }

    private let executor = QueueExecutor(label: "gand.jobs")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let library: Library
    private let store: Store
    private let catalog: Catalog
    private let workers: DispatchWorkers
    private let concurrency: Int
    private let checkpointInterval: Duration
    private let logger: Logger

    private var queue: [Job] = []
    private var running: [String: Run] = [:]
    private var waiting: [String: [UUID: CheckedContinuation<Void, Never>]] = [:]
    private var isStopping = false
    private var whenIdle: CheckedContinuation<Void, Never>?

    package init(
        library: Library, threads: Int, concurrency: Int = 1, checkpointInterval: Duration = .seconds(30),
        logger: Logger
    ) {
        self.library = library
        store = library.store
        catalog = library.catalog
        workers = DispatchWorkers(count: threads)
        self.concurrency = concurrency
        self.checkpointInterval = checkpointInterval
        self.logger = logger
    }

    /// - Throws: `ShuttingDown`.
    package func checkRunning() throws {
        guard !isStopping else { throw ShuttingDown() }
    }

    /// Goes on with what the last process left.
    package func start() {
        for job in store.recovery.failed { finished(job) }
        queue.insert(contentsOf: store.recovery.jobs, at: 0)
        for job in store.recovery.jobs {
            logger.info("job goes on", metadata: ["job": "\(job.id)", "model": "\(job.model)"])
        }
        runNext()
    }

    /// Accepts a job; it and its data are durable when this returns.
    ///
    /// - Throws: `Store.Error`, `ShuttingDown`.
    package func submit(_ submission: Submission) throws -> Acceptance {
        try checkRunning()
        if let key = submission.key, let job = try store.accepted(under: key) {
            // Its history may have been pruned meanwhile.
            return Acceptance(job: (try? self.job(job.id)) ?? job, isReplayed: true)
        }
        let table = submission.material.table
        let job = try store.accept(
            Job(
                model: submission.model, training: submission.training, rows: table.rowCount,
                columns: table.columns.count, warnings: submission.material.warnings, tags: submission.tags),
            dataset: Safetensors(table), key: submission.key)
        return Acceptance(job: enqueue(job, submission.material), isReplayed: false)
    }

    /// Accepts a job that goes on from the checkpoint of one that was canceled or has failed.
    ///
    /// - Throws: `Store.Error`, `ShuttingDown`.
    package func resume(_ id: String) throws -> Job {
        try checkRunning()
        let former = try job(id)
        guard former.isUnfinished else { throw Store.Error.jobNotResumable(id) }
        return enqueue(try store.resume(former, as: Job(resuming: former)))
    }

    /// - Parameter material: the job's, while it is in memory: a job that waits reads its data once more.
    private func enqueue(_ job: Job, _ material: Material? = nil) -> Job {
        logger.info("job accepted", metadata: ["job": "\(job.id)", "model": "\(job.model)", "rows": "\(job.rows)"])
        queue.append(job)
        runNext(material.map { (job.id, $0) })
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

    /// The jobs that run, as they are now.
    package var active: [Job] { running.values.map(current) }

    /// Whether a job of that model waits or runs.
    package func isActive(_ model: String) -> Bool {
        queue.contains { $0.model == model } || running.values.contains { $0.job.model == model }
    }

    /// Waits until the job is over, but no longer than given.
    package func wait(for id: String, within timeout: Duration) async throws -> Job {
        let job = try job(id)
        guard !job.status.isTerminal, !isStopping else { return job }
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
        var job = queue[index]
        try job.cancel()
        try store.finish(job)
        queue.remove(at: index)
        finished(job)
        return job
    }

    /// Stops the trainings at their next steps; their jobs go back to the queue on disk.
    package func stop() async {
        isStopping = true
        store.events.close()
        library.close()
        for waiters in waiting.values { for continuation in waiters.values { continuation.resume() } }
        waiting = [:]
        for run in running.values { run.actor.stop(.shutDown) }
        guard !running.isEmpty else { return }
        await withCheckedContinuation { whenIdle = $0 }
    }

    /// Removes the data of jobs that may not be resumed any more.
    package func forgetExpired() throws { try store.forgetExpired() }

    private func current(_ run: Run) -> Job {
        var job = run.job
        let live = run.actor.live.withLock(\.self)
        job.progress = live.progress
        job.metrics = live.metrics
        job.warnings += live.warnings
        try? job.enter(live.stage)
        return job
    }

    /// - Parameter known: the data of one of the jobs.
    private func runNext(_ known: (job: String, material: Material)? = nil) {
        while !isStopping, running.count < concurrency, !queue.isEmpty {
            let waiting = queue.removeFirst()
            var job = waiting
            do {
                try job.start()
                try store.update(job)
                let actor = ModelActor(
                    model: job.model, catalog: catalog, store: store, statistics: library.statistics,
                    checkpointInterval: checkpointInterval, workers: workers)
                let started = job
                let material = known?.job == job.id ? known?.material : nil
                running[job.id] = Run(job: started, actor: actor)
                Task { await self.end(started.id, await actor.train(started, on: material)) }
            } catch Store.Error.insufficientStorage {
                queue.insert(waiting, at: 0)
                Task {
                    try await Task.sleep(for: Self.diskPatience)
                    self.runNext()
                }
                return
            } catch {
                fail(&job, code: "internal", "the job could not be started")
                finished(job)
            }
        }
    }

    private func end(_ id: String, _ outcome: ModelActor.Outcome) async {
        guard var job = running[id]?.job else { return }
        var isWaiting = false
        while true {
            do {
                job = try await settle(id, outcome)
                break
            } catch Store.Error.insufficientStorage where !isStopping {
                // What was learned is worth waiting for; nothing else of the server needs the disk meanwhile.
                if !isWaiting { logger.error("the disk is full: a job waits to be saved", metadata: ["job": "\(id)"]) }
                isWaiting = true
                try? await Task.sleep(for: Self.diskPatience)
            } catch Store.Error.insufficientStorage {
                // The next start finds it as a job that was interrupted.
                break
            } catch {
                logger.error("job could not be concluded", metadata: ["job": "\(id)", "error": "\(error)"])
                fail(&job, code: "internal", "the model could not be saved")
                break
            }
        }
        running[id] = nil
        finished(job)
        runNext()
        if running.isEmpty {
            whenIdle?.resume()
            whenIdle = nil
        }
    }

    /// Makes durable what a training came to.
    private func settle(_ id: String, _ outcome: ModelActor.Outcome) async throws -> Job {
        guard let run = running[id] else { throw Store.Error.jobNotFound(id) }
        var job = current(run)
        switch outcome {
        case .finished(let snapshot, let metrics, let report):
            job.metrics = metrics
            try job.succeed()
            try await library.publish(snapshot, of: job, report)
        case .canceled(let snapshot):
            try job.cancel()
            try await conclude(job, keeping: snapshot)
        case .diverged(let snapshot):
            try job.fail(Job.Failure(code: "diverged", detail: "the training came to numbers that are not finite"))
            try await conclude(job, keeping: snapshot)
        case .failed(let detail):
            try job.fail(Job.Failure(code: "internal", detail: detail))
            try store.finish(job)
        case .shutDown:
            try job.requeue()
            try store.update(job)
        }
        return job
    }

    /// Ends a job that did not come to its end, with the last snapshot of it as a version.
    private func conclude(_ job: Job, keeping snapshot: Snapshot?) async throws {
        guard let snapshot else { return try store.finish(job, keepingData: job.keepsData) }
        try await library.publish(snapshot, of: job, nil)
    }

    private func fail(_ job: inout Job, code: String, _ detail: String) {
        try? job.fail(Job.Failure(code: code, detail: detail))
        do {
            try store.finish(job)
        } catch {
            logger.error("job could not be saved", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
    }

    private func finished(_ job: Job) {
        logger.info(
            "job \(job.status.rawValue)",
            metadata: [
                "job": "\(job.id)", "model": "\(job.model)", "step": "\(job.progress.step)",
                "error": "\(job.error?.code ?? "none")",
            ])
        for continuation in (waiting.removeValue(forKey: job.id) ?? [:]).values { continuation.resume() }
        guard job.status.isTerminal else { return }
        catalog.withdrawUnpublished(job.model)
        library.statistics.change { numbers in
            numbers.jobs[job.status.rawValue, default: 0] += 1
            guard let started = job.startedAt, let finished = job.finishedAt else { return }
            numbers.jobSeconds.add(finished.timeIntervalSince(started))
        }
    }
}
