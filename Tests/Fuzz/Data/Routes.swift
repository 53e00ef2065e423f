import Formats
import Foundation
import HTTPTypes
import Logging
import Synchronization

@testable import HTTP
@testable import Models
@testable import Service

/// The routes that read data, without sockets, and tiny models to ask.
struct Routes: Sendable {
    let train: Handler
    let score: Handler
    let sample: Handler

    static let shared = must("to open the routes") { try Routes() }

    private init() throws {
        let folder = NSTemporaryDirectory() + "gand-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
        let settings = try Self.wait { try await Settings.load(flags: [.dataDir: folder], environment: [:]) }.get()
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        let store = try Store(directory: DataDirectory(path: folder))
        let catalog = Catalog(store: store, logger: logger)
        for (name, file) in TinyModel.shared {
            catalog.serve(Served(model: name, version: 1, isPublished: true, snapshot: file.snapshot))
        }
        let library = Library(store: store, catalog: catalog)
        let (queues, jobs) = (WorkQueues(threads: 1), Jobs(library: library, threads: 1, logger: logger))
        let (waiting, budget) = (WaitingRoom(), ParsingBudget(bytes: settings.maximumParsingBytes))
        train = Middleware.answering(
            TrainRoute(
                jobs: jobs, jobRoutes: JobRoutes(jobs: jobs, waiting: waiting), catalog: catalog, queues: queues,
                events: EventRoutes(jobs: jobs, store: store, waiting: waiting), settings: settings, budget: budget
            ).handle, logger: logger)
        score = Middleware.answering(
            ScoreRoute(
                catalog: catalog, jobs: jobs, statistics: library.statistics, queues: queues, settings: settings,
                budget: budget
            ).handle,
            logger: logger)
        sample = Middleware.answering(
            SampleRoute(
                catalog: catalog, jobs: jobs, statistics: library.statistics, queues: queues, waiting: waiting,
                settings: settings, budget: budget
            ).handle, logger: logger)
    }

    /// Asks a route; an answer that blames the server is a finding, and so is one that cannot be read.
    func answer(_ handler: Handler, query: [(name: String, value: String)], type: String, body: [UInt8]) {
        let head = Array("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n\r\n".utf8)
        let request = must("to make a request") {
            var parser = RequestParser(limits: Limits())
            let parsed = try parser.parse(head[...])
            return parsed.flatMap { Request($0.head, body: Body(body), id: "fuzz", remoteAddress: "") }
        }
        guard var request else { fatalError("the head is none") }
        request.query = query
        guard case .later(let respond) = handler(request) else { fatalError("the answer is there at once") }
        let response = Self.wait { await respond() }.get()
        guard case .bytes(let bytes) = response.body else { return }
        precondition(response.status.code < 500, "the server blames itself: \(String(decoding: bytes, as: UTF8.self))")
        guard response.fields[.contentType]?.contains("json") == true else { return }
        _ = must("to read the answer") { try JSONDocument(bytes) }
    }

    /// The result of what is asynchronous.
    private static func wait<Success: Sendable, Failure>(
        _ body: @escaping @Sendable () async throws(Failure) -> Success
    ) -> Result<Success, Failure> {
        let result = Mutex<Result<Success, Failure>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        let finish: @Sendable (Result<Success, Failure>) -> Void = { value in
            result.withLock { $0 = value }
            isDone.signal()
        }
        Task.detached {
            do throws(Failure) { finish(.success(try await body())) } catch { finish(.failure(error)) }
        }
        isDone.wait()
        guard let value = result.withLock({ $0 }) else { fatalError("there is no result") }
        return value
    }
}
