import Foundation
package import GAN
import Synchronization

/// What a model serves at a moment.
package struct Served: Sendable {
    package var model: String
    package var version: Int
    /// Whether the version is published and so will never change; otherwise its training goes on.
    package var isPublished: Bool
    package var snapshot: Snapshot
}

/// The snapshots in memory: requests read them, the training replaces them, and neither waits for the other.
package final class Catalog: Sendable {
    private struct State {
        var current: [String: Served] = [:]
        /// Older versions that were asked for by number, the last of them at the end.
        var recalled: [Served] = []
    }

    private let store: Store
    private let state = Mutex(State())

    package init(store: Store) { self.store = store }

    /// What the model serves, read from the store if need be; `nil` while there is no snapshot of it.
    ///
    /// - Throws: `Store.Error` where there is no such version, and for files that are damaged.
    package func served(_ model: String, version: Int? = nil) throws -> Served? {
        let inMemory = state.withLock { state -> Served? in
            guard let version else { return state.current[model] }
            return ([state.current[model]].compactMap(\.self) + state.recalled).first {
                $0.model == model && $0.version == version && $0.isPublished
            }
        }
        if let inMemory { return inMemory }
        let found: Version
        do {
            found = try store.version(model: model, number: version)
        } catch Store.Error.versionNotFound where version == nil {
            return nil
        }
        let served = Served(
            model: model, version: found.number, isPublished: true, snapshot: try snapshot(of: found))
        return state.withLock { state in
            if version == nil {
                // A training may have published meanwhile.
                state.current[model] = state.current[model] ?? served
                return state.current[model]
            }
            if state.recalled.count == 8 { state.recalled.removeFirst() }
            state.recalled.append(served)
            return served
        }
    }

    /// Whether the model serves a published version.
    func hasPublished(_ model: String) -> Bool { (try? served(model))?.isPublished ?? false }

    func serve(_ served: Served) { state.withLock { $0.current[served.model] = served } }

    /// Forgets a training's snapshot that never became a version.
    func withdrawUnpublished(_ model: String) {
        state.withLock { state in
            if state.current[model]?.isPublished == false { state.current[model] = nil }
        }
    }

    func forget(_ model: String, version: Int? = nil) {
        state.withLock { state in
            if version == nil { state.current[model] = nil }
            state.recalled.removeAll { $0.model == model && (version == nil || $0.version == version) }
        }
    }

    private func snapshot(of version: Version) throws -> Snapshot {
        let weights = try store.weights(of: version)
        let manifest = try JSONDecoder().decode(Snapshot.Manifest.self, from: Data(version.manifest.utf8))
        var tensors: [String: (shape: [Int], values: [Float])] = [:]
        for tensor in weights.tensors {
            if case .float32(let values) = tensor.values { tensors[tensor.name] = (tensor.shape, values) }
        }
        guard let snapshot = Snapshot(manifest: manifest, tensors: tensors) else {
            throw Store.Error.corruptFile("\(version.model)@\(version.number)")
        }
        return snapshot
    }
}
