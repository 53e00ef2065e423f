import Foundation
package import Logging

/// Keeps a store like what another server publishes in a folder that both can reach, and which is only read here.
///
/// The weights are copied, so that sampling goes on while the folder cannot be reached.
package actor Mirror {
    private let executor = QueueExecutor(label: "gand.mirror")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let folder: String
    private let store: Store
    private let catalog: Catalog
    private let logger: Logger
    private var taken: [String: Disk.Stamp] = [:]
    /// What could not be taken over, so that each is told of once.
    private var failed: [String: Disk.Stamp] = [:]
    private var couldLook: Bool?

    /// - Parameter folder: the other server's data directory.
    package init(of folder: String, store: Store, catalog: Catalog, logger: Logger) {
        self.folder = folder
        self.store = store
        self.catalog = catalog
        self.logger = logger
    }

    /// Takes over what there is. Where nothing is here yet to serve instead, a folder that cannot be read is waited for; a
    /// model that cannot be taken over keeps the others from nothing.
    package func begin() async {
        while !look(), (try? store.models().isEmpty) ?? true, !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Looks again and again until its task is cancelled.
    package func run(every interval: Duration) async {
        while (try? await Task.sleep(for: interval)) != nil { look() }
    }

    /// Takes over what has changed.
    ///
    /// - Returns: whether the folder can be read.
    @discardableResult
    package func look() -> Bool {
        let published = "\(folder)/\(DataDirectory.publications)"
        guard DataDirectory.isReadable(folder), let files = Disk.readableNames(in: published) else {
            if couldLook != false { logger.error("the folder to follow cannot be read; what is here serves") }
            couldLook = false
            return false
        }
        if couldLook == false { logger.info("the folder to follow can be read again") }
        couldLook = true
        var present: Set<String> = []
        for file in files where file.hasSuffix(".json") {
            let name = String(file.dropLast(5))
            present.insert(name)
            guard let stamp = Disk.stamp(of: "\(published)/\(file)"), taken[name] != stamp else { continue }
            do {
                let publication = try Publication(file: file, in: folder)
                for error in try store.take(publication, from: folder) {
                    logger.warning("a version is not taken over", metadata: ["error": "\(error)"])
                }
                taken[name] = stamp
                serve(publication)
            } catch {
                guard failed.updateValue(stamp, forKey: name) != stamp else { continue }
                logger.error(
                    "a model could not be taken over yet", metadata: ["model": "\(name)", "error": "\(error)"])
            }
        }
        removeAll(but: present)
        return true
    }

    /// Reads what serves from now on before the first request asks for it.
    private func serve(_ publication: Publication) {
        catalog.forget(publication.name)
        _ = try? catalog.served(publication.name)
        let current = publication.current.map { "@\($0)" } ?? ""
        logger.info("a model is taken over", metadata: ["model": "\(publication.name)\(current)"])
    }

    private func removeAll(but present: Set<String>) {
        for model in (try? store.models()) ?? [] where !present.contains(model.name) {
            do {
                try store.delete(model: model.name)
                catalog.forget(model.name)
                taken[model.name] = nil
                logger.info("a model is gone", metadata: ["model": "\(model.name)"])
            } catch {
                logger.error("a model could not be removed", metadata: ["model": "\(model.name)", "error": "\(error)"])
            }
        }
    }

}
