import Foundation
import GAN
import Synchronization

/// The models and their versions: adds and changes them and deletes them, in the store and in what serves from memory.
///
/// One change after the other: what serves from memory is what the store says.
package actor Library {
    private let executor = QueueExecutor(label: "gand.library")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated let store: Store
    package nonisolated let catalog: Catalog
    package nonisolated let statistics = Statistics()
    /// How many versions of a model are kept.
    private let keptVersions: Int
    private let isClosed = Atomic(false)

    package init(store: Store, catalog: Catalog, keptVersions: Int = 5) {
        self.store = store
        self.catalog = catalog
        self.keptVersions = keptVersions
    }

    /// Makes a file that somebody brings a version of a model, which serves from now on.
    ///
    /// - Throws: `Store.Error`, `ShuttingDown`.
    package func add(_ file: WeightsFile, to model: String, onlyIf condition: Store.Condition = .any) throws -> Model {
        guard !isClosed.load(ordering: .relaxed) else { throw ShuttingDown() }
        try store.checkDisk(for: file.bytes.count)
        try store.check(condition, ofModel: model)
        let origin = file.provenance
        let number = try store.takeVersionNumber(model: model)
        try store.publish(
            Version(
                model: model, number: number, jobID: nil, step: origin.step, seed: origin.seed,
                dataSHA256: origin.dataSHA256, metrics: origin.metrics, manifest: file.manifest),
            file: file.bytes, keeping: keptVersions)
        catalog.serve(Served(model: model, version: number, isPublished: true, snapshot: file.snapshot))
        // Before somebody else deletes it.
        return try store.model(model)
    }

    /// Makes what a job has learned a version, and ends the job. What serves already is not replaced by the last snapshot of
    /// a job that did not come to its end.
    func publish(_ snapshot: Snapshot, of job: Job, _ report: Report?) throws {
        let makeCurrent = job.status == .succeeded || !catalog.hasPublished(job.model)
        let metrics = job.metrics.filter(\.value.isFinite)
        let file = try WeightsFile(
            snapshot,
            WeightsFile.Provenance(
                model: job.model, version: job.version, createdAt: .now, step: snapshot.manifest.step, seed: job.seed,
                dataSHA256: job.dataSHA256, metrics: metrics), report: report)
        let version = Version(
            model: job.model, number: job.version, jobID: job.id, step: snapshot.manifest.step, seed: job.seed,
            dataSHA256: job.dataSHA256, metrics: metrics, manifest: file.manifest)
        try store.publish(
            version, file: file.bytes, finishing: job, keepingData: job.keepsData, keeping: keptVersions,
            makeCurrent: makeCurrent)
        guard makeCurrent else { return }
        catalog.serve(Served(model: job.model, version: job.version, isPublished: true, snapshot: snapshot))
    }

    /// Changes what serves, or the tags.
    package func change(model: String, _ change: Store.Change, onlyIf condition: Store.Condition) throws -> Model {
        try store.change(model: model, change, onlyIf: condition)
        if change.currentVersion != nil { catalog.forget(model) }
        return try store.model(model)
    }

    /// Deletes a model with all its versions.
    package func delete(model: String, onlyIf condition: Store.Condition = .any) throws {
        try store.delete(model: model, onlyIf: condition)
        catalog.forget(model)
        statistics.forget(model)
    }

    /// Deletes one version, which does not serve.
    package func delete(model: String, version: Int, onlyIf condition: Store.Condition = .any) throws {
        try store.delete(model: model, version: version, onlyIf: condition)
        catalog.forget(model, version: version)
    }

    /// Takes no more files: the server stops.
    nonisolated func close() {
        isClosed.store(true, ordering: .relaxed)
        catalog.close()
    }
}
