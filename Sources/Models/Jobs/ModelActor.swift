import Formats
import Foundation
import GAN
import NeuralNetwork
import Synchronization

/// Trains one model, a step a turn, on a queue of its own.
///
/// Whoever else wants the actor waits for a step at the most, and nobody has to: snapshots are served by the catalog, and
/// progress and the wish to stop are shared without entering.
actor ModelActor {
    /// Why a training should not go on.
    enum Stop: Int, Sendable {
        case none, cancel, shutDown
    }

    /// What a training came to.
    enum Outcome: Sendable {
        case finished(Snapshot, metrics: [String: Double], Report?)
        /// With the last snapshot, unless there was no step.
        case canceled(Snapshot?)
        case shutDown
        case diverged(Snapshot?)
        case failed(String)
    }

    /// How far the training is.
    struct Live: Sendable {
        var stage = Job.Stage.preparing
        var progress = Job.Progress()
        var metrics: [String: Double] = [:]
        /// What the training itself warns of, in plain words.
        var warnings: [String] = []
    }

    private let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    nonisolated let live = Mutex(Live())
    private let stop = Atomic(Stop.none.rawValue)

    private let model: String
    private let catalog: Catalog
    private let store: Store
    private let statistics: Statistics
    private let checkpointInterval: Duration
    private let workers: DispatchWorkers
    /// Below that a second thread costs more than it brings, in floating-point operations a step.
    private static let worthThreads = 20_000_000
    private static let snapshotInterval = Duration.seconds(1)

    init(
        model: String, catalog: Catalog, store: Store, statistics: Statistics, checkpointInterval: Duration,
        workers: DispatchWorkers
    ) {
        self.model = model
        self.catalog = catalog
        self.store = store
        self.statistics = statistics
        self.checkpointInterval = checkpointInterval
        self.workers = workers
        executor = QueueExecutor(label: "gand.model.\(model)", qos: .utility)
    }

    /// Asks the training to end at its next step.
    nonisolated func stop(_ reason: Stop) { stop.store(reason.rawValue, ordering: .relaxed) }

    /// - Parameter known: the job's material, if it is in memory.
    func train(_ job: Job, on known: Material?) async -> Outcome {
        let began = ContinuousClock.now
        do {
            guard let training = job.training else { throw Store.Error.corruptFile("job") }
            let (checkpoint, before) = try beginning(of: job, training)
            let allowance = Allowance(
                seconds: training.maximumSeconds, elapsed: { (before + (.now - began)) / .seconds(1) },
                isStopped: { self.reason != .none })
            let material = try known ?? stored(job, training, within: allowance)
            let trainer = try Trainer(material, from: checkpoint, within: allowance)
            var journal = Journal(
                of: job, specification: training.specification, rows: material.table.rowCount, from: trainer.step,
                before + (.now - began))
            return try await run(trainer, job, &journal)
        } catch let error as SpecificationError where error.reason == .stopped {
            return reason == .shutDown ? .shutDown : .canceled(nil)
        } catch let error as SpecificationError {
            return .failed("\(error.pointer) \(error.detail)")
        } catch Store.Error.versionNotFound {
            return .failed("the version that the training goes on from is gone")
        } catch {
            return .failed("the data of the job cannot be read")
        }
    }

    /// The material of a job, from its stored data.
    private func stored(_ job: Job, _ training: Training, within allowance: Allowance) throws -> Material {
        guard let table = try store.dataset(ofJob: job.id)?.table() else { throw Store.Error.corruptFile("data set") }
        return try Material(training.specification, for: table, within: allowance)
    }

    /// Where the training goes on or begins, `nil` for random weights, and how long it has taken already.
    private func beginning(of job: Job, _ training: Training) throws -> (Checkpoint?, elapsed: Duration) {
        // One that cannot be read costs the steps that it stood for, not the job.
        if let file = try? store.checkpoint(ofJob: job.id), let checkpoint = try? file.checkpoint() {
            return (checkpoint, file.elapsed)
        }
        guard let version = training.startVersion, let served = try catalog.served(model, version: version) else {
            return (nil, .zero)
        }
        return (served.snapshot.beginning, .zero)
    }

    private func run(_ trainer: Trainer, _ job: Job, _ journal: inout Journal) async throws -> Outcome {
        let publishesSnapshots = !catalog.hasPublished(model)
        let threads: any Workers = trainer.operationsPerStep < Self.worthThreads ? SingleWorker() : workers
        let began = ContinuousClock.now
        var lastGood: Snapshot?
        // The first snapshot comes soon, so that somebody who waits has something.
        var nextSnapshot = began + .milliseconds(250)
        var nextReport = began
        var nextCheckpoint = began + checkpointInterval
        while true {
            if let outcome = stopped(trainer, job, &journal) { return outcome }
            do {
                guard try trainer.advance(threads) else { break }
            } catch {
                return .diverged(lastGood)
            }
            let now = ContinuousClock.now
            if now >= nextReport {
                report(trainer, &journal)
                nextReport = now + .milliseconds(50)
            }
            // A training may be past its steps before there has been one.
            if now >= nextSnapshot, trainer.phase == .adversarial || trainer.phase == .scoring && lastGood == nil {
                let snapshot = trainer.snapshot()
                if publishesSnapshots {
                    catalog.serve(
                        Served(model: model, version: job.version, isPublished: false, snapshot: snapshot))
                    if lastGood == nil { tell(.snapshot(version: job.version, step: trainer.step, .serving), of: job) }
                }
                lastGood = snapshot
                // Of wide rows one takes seconds, and is not to take the time of all steps.
                let made = ContinuousClock.now
                nextSnapshot = made + max(Self.snapshotInterval, (made - now) * 9)
            }
            if now >= nextCheckpoint {
                keep(trainer, job, journal)
                nextCheckpoint = .now + checkpointInterval
            }
            await Task.yield()
        }
        report(trainer, &journal)
        enter(.evaluating, job)
        let snapshot = trainer.snapshot()
        let evaluation = trainer.evaluation(of: snapshot)
        let report = evaluation.report()
        let metrics = evaluation.metrics(report: report)
        let warnings = evaluation.warnings()
        if let outcome = stopped(trainer, job, &journal, snapshot) { return outcome }
        live.withLock {
            $0.metrics = metrics
            $0.warnings = warnings
        }
        enter(.saving, job)
        return .finished(snapshot, metrics: metrics, report)
    }

    private nonisolated var reason: Stop { Stop(rawValue: stop.load(ordering: .relaxed)) ?? .none }

    /// What a training comes to that is to stop; `nil` for one that is not.
    ///
    /// - Parameter last: the last snapshot, where there is one.
    private func stopped(
        _ trainer: Trainer, _ job: Job, _ journal: inout Journal, _ last: Snapshot? = nil
    ) -> Outcome? {
        switch reason {
        case .none: return nil
        case .shutDown:
            keep(trainer, job, journal)
            return .shutDown
        case .cancel:
            report(trainer, &journal)
            keep(trainer, job, journal)
            return .canceled(trainer.step > 0 ? last ?? trainer.snapshot() : nil)
        }
    }

    /// Keeps where the training stands. A full disk costs the way back to here, not the training.
    private func keep(_ trainer: Trainer, _ job: Job, _ journal: Journal) {
        guard trainer.step > 0 || trainer.phase == .trial else { return }
        let began = ContinuousClock.now
        do {
            try store.saveCheckpoint(Safetensors(trainer.state, elapsed: journal.elapsed(at: began)), ofJob: job.id)
            let seconds = (.now - began) / .seconds(1)
            statistics.change { $0.checkpointSeconds.add(seconds) }
            tell(.snapshot(version: job.version, step: trainer.step, .kept), of: job)
        } catch {
            statistics.change { $0.checkpointFailures += 1 }
        }
    }

    private func enter(_ stage: Job.Stage, _ job: Job) {
        let isNew = live.withLock { live in
            defer { live.stage = stage }
            return live.stage != stage
        }
        if isNew { tell(.status(.running, stage, restarts: job.restarts), of: job) }
    }

    private func report(_ trainer: Trainer, _ journal: inout Journal) {
        let now = ContinuousClock.now
        let progress = journal.progress(trainer, at: now)
        var metrics = [
            "discriminator_loss": Double(trainer.discriminatorLoss), "generator_loss": Double(trainer.generatorLoss),
        ]
        if let quality = trainer.state.counters.last {
            metrics["heldout_distance"] = quality.distance
            metrics["heldout_coverage"] = quality.coverage
            metrics["heldout_density"] = quality.density
        }
        if let gamma = trainer.foundGamma {
            (metrics["r1_gamma"], metrics["r2_gamma"]) = (Double(gamma.r1), Double(gamma.r2))
        }
        let stage = [.trial, .adversarial].contains(trainer.phase) ? Job.Stage.training : .evaluating
        live.withLock { [metrics] live in
            live.progress = progress
            live.metrics = metrics
        }
        enter(stage, journal.job)
        let steps = journal.newSteps(trainer.step)
        let time = Date.now.timeIntervalSince1970
        statistics.change { [model] numbers in
            numbers.steps[model, default: 0] += steps
            numbers.lastStep[model] = time
        }
        if journal.isEventDue(at: now) { tell(.progress(stage, progress, metrics: metrics), of: journal.job) }
    }

    /// An event that cannot be kept costs nothing but itself.
    private func tell(_ content: Event.Content, of job: Job) {
        try? store.append(content, toJob: job.id)
    }
}
