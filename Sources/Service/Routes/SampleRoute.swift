import Formats
import Foundation
import GAN
import HTTP
import HTTPTypes
import Models

/// `GET` and `POST /sample`: new rows.
struct SampleRoute: Sendable {
    let catalog: Catalog
    let jobs: Jobs
    let statistics: Statistics
    let queues: WorkQueues
    let waiting: WaitingRoom
    let settings: Settings
    let budget: ParsingBudget

    fileprivate struct Plan: Sendable {
        var reference: ModelReference
        /// What the answer is, but for what only the snapshot can tell of it.
        var answer: SampleSource.Plan
        var isSeedGiven: Bool
        var requirements: [(name: ByteText, requirement: Condition.Requirement)]
        var balance: ByteText?
        var sampling: Sampling.Method
        var wait: Int
    }

    /// How a row stands in JSON.
    enum Orientation: String, CaseIterable {
        case rows, records
    }

    func handle(_ request: Request) async throws -> Response {
        // A body of GET has no meaning of its own (RFC 9110 §9.3.1), and caches tell its answers by the target alone.
        guard request.method == .post || request.body.isEmpty else {
            throw Problem(
                400, "bad_request", "GET takes no body here", hint: "POST /sample takes one, and the query as well")
        }
        let plan = try await queues.parse(request) { isAbandoned in
            try self.plan(request, budget.limits(for: request.remoteAddress, isAbandoned))
        }
        let served = try await snapshot(plan.reference, wait: plan.wait, request)
        var answer = plan.answer
        if !answer.format.holdsTexts, !served.snapshot.manifest.encoder.textColumns.isEmpty {
            throw Problem(
                406, "not_acceptable", "texts cannot be numbers of an array", hint: "format=csv or format=json")
        }
        let sampling = try Sampling(plan.sampling, of: served.snapshot)
        let columns = served.snapshot.manifest.encoder.columns.count
        // Some 16,000 values a piece keep both the streams smooth and their memory small.
        let rows = max(16, 16_384 / columns)
        if !plan.requirements.isEmpty {
            answer.condition = try Condition(plan.requirements, snapshot: served.snapshot)
        }
        answer.balance = try plan.balance.map { try Balance($0, snapshot: served.snapshot) }
        let client = request.remoteAddress
        let workers = DispatchWorkers(count: settings.threads)
        let source = try SampleSource(
            served: served, sampling: sampling, plan: answer, pieceRows: rows, workers: workers,
            statistics: statistics)
        if answer.isSearch, answer.count > rows {
            // A stream that has begun cannot say that there is no such row.
            var first = answer
            first.count = answer.balance?.texts.count ?? 1
            let probe = try SampleSource(
                served: served, sampling: sampling, plan: first, pieceRows: first.count, workers: workers,
                statistics: statistics)
            try await queues.run(.long, for: client) { isAbandoned in
                var probe = probe
                _ = try probe.next(unless: isAbandoned)
            }
        }
        var fields: HTTPFields = [.contentType: answer.format.contentType]
        if answer.format != .json {
            fields[.model] = served.model
            fields[.version] = String(served.version)
            fields[.step] = String(served.snapshot.manifest.step)
            fields[.seed] = String(answer.seed)
            if plan.sampling != .plain { fields[.sampling] = plan.sampling.rawValue }
            fields[.acceptanceRate] = sampling.acceptanceRate.map { String($0) }
            fields[.contentDisposition] = "attachment; filename=\"\(served.model)-sample.\(answer.format.name)\""
        }
        if request.method != .post, plan.isSeedGiven, plan.reference.version != nil {
            let tag = "\"\(served.model)@\(served.version)-\(answer.seed)-\(answer.count)-\(plan.tag)\""
            fields[.eTag] = tag
            fields[.cacheControl] = settings.forever
            fields[.vary] = "Accept"
            if request.ifNoneMatch(tag) { return Response(status: .notModified, fields: fields) }
        } else {
            fields[.cacheControl] = "no-store"
        }
        if answer.count <= rows {
            let operations = source.operations(rows: answer.count)
            let whole = try await queues.run(operations: operations, for: client) { [source] isAbandoned in
                var source = source
                var bytes: [UInt8] = []
                while let piece = try source.next(unless: isAbandoned) {
                    if bytes.isEmpty { bytes = piece } else { bytes += piece }
                }
                return bytes
            }
            return Response(status: .ok, fields: fields, body: .bytes(whole))
        }
        let queues = queues
        // A stream asks for one piece after another, never for two at once.
        let state = SampleStream(source: source, client: client)
        var stream = BodyStream { try await state.next(queues) }
        // A search may go on for long with nothing to send that would show that nobody is there.
        stream.endsWithClient = answer.isSearch
        return Response(status: .ok, fields: fields, body: .stream(stream))
    }

    private func plan(_ request: Request, _ limits: ReadingLimits) throws -> Plan {
        let body = try RequestBody(request, limits: limits)
        let envelope = try body.onlyEnvelope()
        if envelope == nil, !request.body.isEmpty {
            throw Problem(422, "invalid_data", "the body must be a JSON object", pointer: "")
        }
        let parameters = try Parameters(
            query: request.query, body: envelope,
            scalars: ["n", "model", "seed", "format", "orient", "scores", "wait", "balance", "sampling"],
            structured: ["where"])
        let seed = try parameters.integer("seed", in: Bounds.seed).map(UInt64.init)
        return Plan(
            reference: try ModelReference(parameters.text("model")),
            answer: SampleSource.Plan(
                count: try parameters.integer("n", in: 0...settings.maximumSamples) ?? 1,
                seed: seed ?? .random(in: 0...Specification.maximumSeed),
                format: try request.format(of: .rows, parameters),
                orientation: try parameters.choice("orient", of: Orientation.self).map {
                    $0 == .rows ? .rows : .records
                }, withScores: try parameters.bool("scores") ?? false), isSeedGiven: seed != nil,
            requirements: try parameters.members["where"].map(ConditionPayload.read) ?? [],
            balance: try parameters.filledText("balance").map { ByteText($0) },
            sampling: try parameters.choice("sampling", of: Sampling.Method.self) ?? .plain,
            wait: try parameters.integer("wait", in: Bounds.wait) ?? 0)
    }

    /// What serves now; waits for the first snapshot of a model in training if asked to.
    private func snapshot(_ reference: ModelReference, wait: Int, _ request: Request) async throws -> Served {
        let deadline = ContinuousClock.now + .seconds(wait)
        var (served, isExpected) = try await look(reference)
        if served == nil, isExpected, wait > 0 {
            let last = try await waiting.wait(request) {
                // Before the next look, so that no change falls between the two.
                let changes = catalog.changes(of: reference.name, until: deadline)
                var last = try await look(reference)
                var next = changes.makeAsyncIterator()
                while last.served == nil, last.isExpected, await next.next() != nil { last = try await look(reference) }
                return last
            }
            guard let last else {
                var problem = Problem.noSnapshot(isExpected: true)
                problem.closesConnection = true
                throw problem
            }
            (served, isExpected) = last
        }
        guard let served else {
            try await jobs.checkRunning()
            throw Problem.noSnapshot(isExpected: isExpected)
        }
        return served
    }

    /// What serves now, and whether something is to come.
    private func look(_ reference: ModelReference) async throws -> (served: Served?, isExpected: Bool) {
        if let served = catalog.servedFromMemory(reference.name, version: reference.version) { return (served, true) }
        // Asked first: a job that is over by then has left what it made behind.
        let isExpected = await jobs.isActive(reference.name)
        return try await queues.read { [catalog] in
            (try catalog.served(reference.name, version: reference.version), isExpected)
        }
    }
}

extension SampleRoute.Plan {
    fileprivate var tag: String {
        "\(answer.format.name)-\(answer.orientation?.rawValue ?? "")-\(answer.withScores ? "scores" : "")"
            + (balance.map { "-\(Digest.sha256(Array($0.utf8)).prefix(16))" } ?? "")
            + (sampling == .plain ? "" : "-\(sampling.rawValue)")
    }
}

/// The state of one stream: a few pieces are made at once, so that all processors work on a large sample, and none further
/// ahead, so that a slow reader costs no memory.
private actor SampleStream {
    private static let piecesAhead = max(1, ProcessInfo.processInfo.activeProcessorCount)

    private var source: SampleSource
    private let client: String
    private var pieces: [Task<[UInt8]?, any Error>] = []

    init(source: SampleSource, client: String) { (self.source, self.client) = (source, client) }

    func next(_ queues: WorkQueues) async throws -> [UInt8]? {
        while source.canSkip, pieces.count < Self.piecesAhead {
            let source = source
            pieces.append(
                Task {
                    try await queues.run(operations: source.operationsPerPiece, for: client) { _ in
                        var source = source
                        return try source.next()
                    }
                })
            self.source.skip()
        }
        if !pieces.isEmpty { return try await pieces.removeFirst().value }
        let source = source
        let (piece, rest) = try await queues.run(
            operations: source.operationsPerPiece, for: client
        ) { isAbandoned in
            var source = source
            return (try source.next(unless: isAbandoned), source)
        }
        self.source = rest
        return piece
    }
}

extension HTTPField.Name {
    static let model = HTTPField.Name("Gand-Model") ?? .via
    static let version = HTTPField.Name("Gand-Version") ?? .via
    static let step = HTTPField.Name("Gand-Step") ?? .via
    static let seed = HTTPField.Name("Gand-Seed") ?? .via
    static let sampling = HTTPField.Name("Gand-Sampling") ?? .via
    static let acceptanceRate = HTTPField.Name("Gand-Acceptance-Rate") ?? .via
}
