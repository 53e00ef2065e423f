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
        case finished(Snapshot, metrics: [String: Double])
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
    private let checkpointInterval: Duration
    private let workers: DispatchWorkers
    /// Below that a second thread costs more than it brings, in floating-point operations a step.
    private static let worthThreads = 20_000_000
    private static let snapshotInterval = Duration.seconds(1)

    init(model: String, catalog: Catalog, store: Store, checkpointInterval: Duration, workers: DispatchWorkers) {
        self.model = model
        self.catalog = catalog
        self.store = store
        self.checkpointInterval = checkpointInterval
        self.workers = workers
        executor = QueueExecutor(label: "gand.model.\(model)", qos: .utility)
    }

    /// Asks the training to end at its next step.
    nonisolated func stop(_ reason: Stop) { stop.store(reason.rawValue, ordering: .relaxed) }

    func train(_ job: Job, dataset: Safetensors) async -> Outcome {
        do {
            let training = try Training(of: job)
            let table = try dataset.table()
            let trainer = try Trainer(
                training.specification, table, from: try beginning(of: job, training, table: table))
            let servesItself = !catalog.hasPublished(model)
            return try await run(trainer, training, job, rows: table.rowCount, publishesSnapshots: servesItself)
        } catch let error as SpecificationError {
            return .failed("\(error.pointer) \(error.detail)")
        } catch {
            return .failed("the data of the job cannot be read")
        }
    }

    /// Where the training goes on or begins; `nil` for random weights.
    private func beginning(of job: Job, _ training: Training, table: Table) throws -> Checkpoint? {
        // One that cannot be read costs the steps that it stood for, not the job.
        if let checkpoint = try? store.checkpoint(ofJob: job.id)?.checkpoint() { return checkpoint }
        guard let version = training.startVersion, let served = try catalog.served(model, version: version) else {
            return nil
        }
        return Checkpoint(startingFrom: served.snapshot)
    }

    private func run(
        _ trainer: Trainer, _ training: Training, _ job: Job, rows: Int, publishesSnapshots: Bool
    ) async throws -> Outcome {
        let specification = training.specification
        let threads: any Workers = trainer.operationsPerStep < Self.worthThreads ? SingleWorker() : workers
        let began = ContinuousClock.now
        var lastGood: Snapshot?
        // The first snapshot comes soon, so that somebody who waits has something.
        var nextSnapshot = began + .milliseconds(250)
        var nextReport = began
        var nextCheckpoint = began + checkpointInterval
        let epochs = (specification.steps * specification.batchSize + rows - 1) / rows
        while true {
            switch Stop(rawValue: stop.load(ordering: .relaxed)) ?? .none {
            case .cancel:
                report(trainer, specification, rows: rows, epochs: epochs, elapsed: .now - began)
                return .canceled(trainer.step > 0 ? trainer.snapshot() : nil)
            case .shutDown:
                keep(trainer, job)
                return .shutDown
            case .none: break
            }
            do {
                guard try trainer.advance(threads) else { break }
            } catch {
                return .diverged(lastGood)
            }
            let now = ContinuousClock.now
            if let limit = training.maximumSeconds, now - began > .seconds(limit) { trainer.stopEarly() }
            if now >= nextReport {
                report(trainer, specification, rows: rows, epochs: epochs, elapsed: now - began)
                nextReport = now + .milliseconds(50)
            }
            if now >= nextSnapshot, trainer.phase == .adversarial {
                let snapshot = trainer.snapshot()
                lastGood = snapshot
                if publishesSnapshots {
                    catalog.serve(
                        Served(model: model, version: job.version, isPublished: false, snapshot: snapshot))
                }
                nextSnapshot = now + Self.snapshotInterval
            }
            if now >= nextCheckpoint {
                keep(trainer, job)
                nextCheckpoint = .now + checkpointInterval
            }
            await Task.yield()
        }
        report(trainer, specification, rows: rows, epochs: epochs, elapsed: .now - began)
        live.withLock { $0.stage = .evaluating }
        let snapshot = trainer.snapshot()
        let metrics = trainer.metrics(of: snapshot)
        let warnings = trainer.warnings()
        live.withLock {
            $0.stage = .saving
            $0.metrics = metrics
            $0.warnings = warnings
        }
        return .finished(snapshot, metrics: metrics)
    }

    /// Keeps where the training stands. A full disk costs the way back to here, not the training.
    private func keep(_ trainer: Trainer, _ job: Job) {
        guard trainer.step > 0 else { return }
        try? store.saveCheckpoint(Safetensors(trainer.state), ofJob: job.id)
    }

    private func report(
        _ trainer: Trainer, _ specification: Specification, rows: Int, epochs: Int, elapsed: Duration
    ) {
        let seconds = elapsed / .seconds(1)
        let progress = Job.Progress(
            step: trainer.step, steps: specification.steps, epoch: trainer.step * specification.batchSize / rows,
            epochs: epochs, stepsPerSecond: seconds > 0 ? Double(trainer.step) / seconds : 0)
        live.withLock { live in
            live.stage = trainer.phase == .adversarial ? .training : .evaluating
            live.progress = progress
            live.metrics = [
                "discriminator_loss": Double(trainer.discriminatorLoss),
                "generator_loss": Double(trainer.generatorLoss),
            ]
            if let quality = trainer.state.counters.last {
                live.metrics["heldout_distance"] = quality.distance
                live.metrics["heldout_coverage"] = quality.coverage
                live.metrics["heldout_density"] = quality.density
            }
        }
    }
}
