import Formats
import Foundation
package import HTTP
import HTTPTypes
package import Logging
package import Models
import ServiceLifecycle

/// The whole service: HTTP on one side, models on the other.
package final class GANService: Service {
    private let settings: Settings
    private let logger: Logger
    private let jobs: Jobs
    /// What keeps the models like those of the server that is followed, if one is.
    private let mirror: Mirror?
    private let server: Server
    private let keys: KeyRing
    private let draining = Draining()
    private let onListening: @Sendable (SocketAddress) async -> Void

    /// Opens the data directory.
    ///
    /// - Parameter onListening: called once the server accepts, with the address it is bound to.
    /// - Throws: `DataDirectory.Error` where the directory is in use, not writable or too new; `TLSError` where the
    ///   certificate or its key cannot be used; `Store.MirrorError` where the directory has models of its own and another
    ///   server is to be followed.
    package init(
        settings: Settings, logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) throws {
        self.settings = settings
        self.logger = logger
        self.onListening = onListening
        ProcessFigures.note()
        settings.makeStandardFolder()
        keys = KeyRing(settings.keys)
        let store = try Store(
            directory: DataDirectory(path: settings.dataDirectory), maximumQueued: settings.maximumQueuedJobs,
            history: settings.keepJobs, minimumFreeBytes: settings.minimumFreeDiskBytes,
            largestWeights: Settings.machineMemory / 8)
        Self.tell(of: store.recovery, logger)
        try store.setMirror(settings.followed != nil)
        let catalog = Catalog(store: store, logger: logger)
        mirror = settings.followed.map { Mirror(of: $0, store: store, catalog: catalog, logger: logger) }
        let (requests, inFlight) = (RequestStatistics(), Gauge())
        let waiting = WaitingRoom(limits: settings.limits, inFlight: inFlight)
        let library = Library(store: store, catalog: catalog, keptVersions: settings.keepVersions)
        let overloaded = Self.probes(settings, store, draining, guards: [], fallback: Middleware.overloaded)
        let accessLog = AccessLog(
            level: logger.logLevel, isJSON: settings.logsJSON, probes: overloaded.contents.map(\.pattern))
        jobs = Jobs(
            library: library, threads: settings.threads, concurrency: settings.trainConcurrency,
            checkpointInterval: .seconds(settings.snapshotSeconds), logger: logger)
        server = try Server(
            limits: settings.limits, threads: settings.threads, tls: try settings.tlsContext(),
            router: Self.routes(
                settings: settings, store: store, catalog: catalog, library: library, jobs: jobs,
                queues: WorkQueues(threads: settings.threads), logger: logger, draining: draining, keys: keys,
                requests: requests, inFlight: inFlight, waiting: waiting),
            overloaded: overloaded,
            refuse: { Problem($0).response(requestID: $1) },
            inFlight: inFlight,
            log: { record in
                requests.record(record)
                accessLog.record(record)
            })
    }

    /// Says what opening the store has found, for people to look after.
    private static func tell(of recovery: Store.Recovery, _ logger: Logger) {
        if let damage = recovery.databaseDamage {
            logger.error(
                "the database cannot be read and is set aside; models come back from their files, jobs do not",
                metadata: ["error": "\(damage)"])
        }
        for model in recovery.rebuilt {
            let versions = model.versions.map(String.init).joined(separator: ",")
            logger.warning(
                "a model that the database does not know is there again from its files",
                metadata: ["model": "\(model.name)", "versions": "\(versions)"])
        }
        for version in recovery.setAside {
            logger.error("a damaged version is set aside", metadata: ["model": "\(version.model)@\(version.number)"])
        }
        for version in recovery.takenBack {
            logger.info("a version is sound again", metadata: ["model": "\(version.model)@\(version.number)"])
        }
        for file in recovery.unknownFiles {
            logger.warning(
                "a file that belongs to nothing is moved to set-aside in data_dir", metadata: ["file": "\(file)"])
        }
    }

    /// The routes that are answered whatever else the server has to do.
    private static func probes(
        _ settings: Settings, _ store: Store, _ draining: Draining, guards: [Router.Guard],
        fallback: @escaping Router.Fallback
    ) -> Router {
        let hosts = settings.allowedHosts.map { [Router.Guard($0.refusal)] } ?? []
        var router = Router(
            guards: hosts + [Router.Guard(Middleware.refuseForeignPages)] + guards, fallback: fallback)
        router.on(.get, "/livez", access: .everybody) { _ in .now(Probes.live) }
        router.on(.get, "/readyz", access: .everybody) { .now(Probes.ready(draining, $0)) }
        router.on(.get, "/health", access: .everybody) { .now(Probes.health(draining, store, settings, $0)) }
        return router
    }

    /// Every route, who may ask for it and whether it changes anything, as a table of contents: keys, followers and the
    /// OpenAPI document go by it.
    private static func routes(
        settings: Settings, store: Store, catalog: Catalog, library: Library, jobs: Jobs, queues: WorkQueues,
        logger: Logger, draining: Draining, keys: KeyRing, requests: RequestStatistics, inFlight: Gauge,
        waiting: WaitingRoom
    ) -> Router {
        let events = EventRoutes(jobs: jobs, store: store, waiting: waiting)
        let jobRoutes = JobRoutes(jobs: jobs, waiting: waiting)
        let budget = ParsingBudget(bytes: settings.maximumParsingBytes)
        let train = TrainRoute(
            jobs: jobs, jobRoutes: jobRoutes, catalog: catalog, queues: queues, events: events, settings: settings,
            budget: budget)
        let sample = SampleRoute(
            catalog: catalog, jobs: jobs, statistics: library.statistics, queues: queues, waiting: waiting,
            settings: settings, budget: budget)
        let score = ScoreRoute(
            catalog: catalog, jobs: jobs, statistics: library.statistics, queues: queues, settings: settings,
            budget: budget)
        let models = ModelRoutes(
            store: store, catalog: catalog, jobs: jobs, library: library, queues: queues, budget: budget)
        let reports = ReportRoute(store: store, catalog: catalog, queues: queues)
        let weights = WeightsRoutes(
            store: store, catalog: catalog, jobs: jobs, library: library, queues: queues, settings: settings,
            budget: budget)
        let metrics = MetricsRoute(
            store: store, jobs: jobs, statistics: library.statistics, queues: queues, requests: requests,
            inFlight: inFlight, waiting: waiting)
        let readOnly: [Router.Guard] = settings.followed == nil ? [] : [Router.Guard(ReadOnly.refusal)]
        let later = { Middleware.answering($0, logger: logger) }

        var router = probes(
            settings, store, draining, guards: [Router.Guard(keys.refusal)] + readOnly, fallback: Middleware.noRoute)
        router.on(.get, "/metrics", access: .read, later(metrics.get))
        router.on(.post, "/train", access: .change, later(train.handle))
        router.on(.get, "/sample", access: .read, later(sample.handle))
        router.on(.post, "/sample", access: .read, later(sample.handle))
        router.on(.post, "/score", access: .read, later(score.handle))
        router.on(.get, "/jobs", access: .read, later(jobRoutes.list))
        router.on(.get, "/jobs/{id}", access: .read, later(jobRoutes.get))
        router.on(.get, "/jobs/{id}/events", access: .read, later(events.get))
        router.on(.post, "/jobs/{id}/cancel", access: .change, later(jobRoutes.cancel))
        router.on(.post, "/jobs/{id}/resume", access: .change, later(jobRoutes.resume))
        router.on(.get, "/models", access: .read, later(models.list))
        router.on(.get, "/models/{name}", access: .read, later(models.get))
        router.on(.patch, "/models/{name}", access: .change, later(models.patch))
        router.on(.delete, "/models/{name}", access: .change, later(models.delete))
        router.on(.get, "/models/{name}/report", access: .read, later(reports.get))
        router.on(.get, "/models/{name}/weights", access: .read, later(weights.get))
        router.on(.put, "/models/{name}/weights", access: .change, later(weights.put))
        // The two that tell of all routes tell of themselves, too.
        let index = Router.Entry(.get, "/", access: .everybody)
        let document = Router.Entry(.get, "/openapi.json", access: .read)
        let api = OpenAPI(of: router.contents + [index, document])
        let (dashboard, description) = (DashboardRoute(index: api.index), api.response)
        router.on(index) { .now(dashboard.handle($0)) }
        router.on(document) { _ in .now(description) }
        return router
    }

    /// All routes.
    package var routes: [Router.Entry] { server.router.contents }

    /// Serves until told to stop; then stops accepting, lets answers finish, and puts trainings back to the queue.
    package func run() async throws {
        if let mirror { await cancelWhenGracefulShutdown { await mirror.begin() } }
        var addresses: [SocketAddress] = []
        for address in settings.listen {
            let bound = try server.listen(on: address)
            let scheme = settings.speaksTLS(on: bound) ? "https://" : "http://"
            logger.info("listening", metadata: ["address": "\(scheme)\(bound)"])
            addresses.append(bound)
        }
        // A server that cannot listen takes nothing up.
        await jobs.start()
        for address in addresses { await onListening(address) }
        let following = Task { await mirror?.run(every: .seconds(1)) }
        let forgetting = Task { await forgetExpired() }
        try? await gracefulShutdown()
        logger.info("shutting down")
        draining.begin()
        following.cancel()
        forgetting.cancel()
        async let trainings: Void = jobs.stop()
        await server.shutDown(within: .seconds(settings.shutdownTimeoutSeconds))
        await trainings
        logger.info("stopped")
    }

    /// Removes the data that may not be learned from any more, now and every hour, until its task is cancelled.
    private func forgetExpired() async {
        repeat {
            do {
                try await jobs.forgetExpired()
            } catch {
                logger.error("data could not be removed", metadata: ["error": "\(error)"])
            }
        } while (try? await Task.sleep(for: .seconds(3600))) != nil
    }

    /// Reads the keys, and the certificate and its key, again; where they cannot be used, those in use stay.
    package func reload() {
        do throws(SettingsError) {
            if let keys = try settings.reloadedKeys() {
                self.keys.replace(with: keys)
                logger.info("the API keys are read again")
            }
        } catch {
            logger.error("the API keys cannot be read again", metadata: ["error": "\(error.description)"])
        }
        do throws(TLSError) {
            guard let context = try settings.tlsContext() else { return }
            server.reload(context)
            logger.info("the certificate is read again")
        } catch {
            logger.error("the certificate cannot be read again", metadata: ["error": "\(error)"])
        }
    }

    /// The jobs, for the demonstration that `serve --demo` trains.
    package func trainDemonstration() async throws -> Job? {
        try await Demonstration(jobs: jobs).start()
    }

    package func job(_ id: String) async throws -> Job { try await jobs.job(id) }
}
