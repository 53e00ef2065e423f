package import GAN
package import Logging
import Synchronization

/// The snapshots in memory: requests read them, the training replaces them, and neither waits for the other.
package final class Catalog: Sendable {
    fileprivate struct State {
        var current: [String: Served] = [:]
        /// Older versions that were asked for by number, the last of them at the end.
        var recalled: [Served] = []
        /// Counts what has changed, so that what was read from the store before is not taken for what is there after.
        var changes = 0
    }

    private let store: Store
    private let logger: Logger
    private let state = Mutex(State())
    /// Tells of models that serve something else.
    private let changes = Events()

    package init(store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// What the model serves, read from the store if need be; `nil` while there is no snapshot of it.
    ///
    /// - Throws: `Store.Error` where there is no such version, and for files that are damaged.
    package func served(_ model: String, version: Int? = nil) throws -> Served? {
        while true {
            let (inMemory, changes) = state.withLock { ($0.find(model, version), $0.changes) }
            if let inMemory { return inMemory }
            guard let found = try stored(model, version) else { return nil }
            guard let snapshot = try snapshot(of: found) else { continue }
            let served = Served(model: model, version: found.number, isPublished: true, snapshot: snapshot)
            let isKept = state.withLock { state in
                guard state.changes == changes else { return false }
                if version == nil { state.current[model] = served } else { state.recall(served) }
                return true
            }
            if isKept { return served }
        }
    }

    /// What the model serves, if that is in memory.
    package func servedFromMemory(_ model: String, version: Int? = nil) -> Served? {
        state.withLock { $0.find(model, version) }
    }

    private func stored(_ model: String, _ version: Int?) throws -> Version? {
        do {
            return try store.version(model: model, number: version)
        } catch let error as Store.Error {
            guard case .versionNotFound = error else { throw error }
            let sound = try store.takeBack(model)
            for version in sound { logger.info("a version is sound again", metadata: ["model": "\(model)@\(version)"]) }
            if !sound.isEmpty { return try stored(model, version) }
            guard version == nil else { throw error }
            return nil
        }
    }

    /// A signal whenever the model may serve something else, or nothing more is to be expected of it, until the deadline.
    package func changes(of model: String, until deadline: ContinuousClock.Instant) -> AsyncStream<Void> {
        changes.signals(of: model, until: deadline)
    }

    /// Ends all waiting for changes: the server stops.
    func close() { changes.close() }

    /// Whether the model serves a published version.
    func hasPublished(_ model: String) -> Bool { (try? served(model))?.isPublished ?? false }

    /// Lets a snapshot serve, but none that is unfinished in place of one that is not.
    func serve(_ served: Served) {
        state.withLock { state in
            guard served.isPublished || state.current[served.model]?.isPublished != true else { return }
            state.current[served.model] = served
            state.changes += 1
        }
        changes.announce(served.model)
    }

    /// Forgets a training's snapshot that never became a version.
    func withdrawUnpublished(_ model: String) {
        state.withLock { state in
            if state.current[model]?.isPublished == false { state.current[model] = nil }
            state.changes += 1
        }
        changes.announce(model)
    }

    func forget(_ model: String, version: Int? = nil) {
        state.withLock { state in
            state.changes += 1
            if version == nil { state.current[model] = nil }
            state.recalled.removeAll { $0.model == model && (version == nil || $0.version == version) }
        }
    }

    /// The file of a version; one that is damaged is set aside and serves no more, and there is no such version then.
    package func soundFile(of version: Version) throws -> [UInt8] {
        do {
            return try store.file(of: version)
        } catch Store.Error.corruptFile {
            try setAside(version)
            throw Store.Error.versionNotFound(model: version.model, number: version.number)
        }
    }

    /// How good a version's samples are; `nil` where nobody has judged them.
    package func report(of version: Version) throws -> Report? {
        try WeightsFile.report(Safetensors(contentsOf: soundFile(of: version)))
    }

    /// What the file of a version holds; `nil` where it is damaged, and set aside now.
    private func snapshot(of version: Version) throws -> Snapshot? {
        do {
            let snapshot = try WeightsFile.snapshot(store.weights(of: version), manifest: version.manifest)
            if let snapshot { return snapshot }
        } catch Store.Error.corruptFile {
        } catch is Safetensors.Error {}
        try setAside(version)
        return nil
    }

    private func setAside(_ version: Version) throws {
        logger.error("a damaged version is set aside", metadata: ["model": "\(version.model)@\(version.number)"])
        try store.setAside(version)
        // The next request reads what serves now; where nothing can, what is in memory is better than nothing.
        if try store.model(version.model).currentVersion != nil { forget(version.model) }
    }
}

extension Catalog.State {
    fileprivate func find(_ model: String, _ version: Int?) -> Served? {
        guard let version else { return current[model] }
        return ([current[model]].compactMap(\.self) + recalled).first {
            $0.model == model && $0.version == version && $0.isPublished
        }
    }

    fileprivate mutating func recall(_ served: Served) {
        if recalled.count == 8 { recalled.removeFirst() }
        recalled.append(served)
    }
}
