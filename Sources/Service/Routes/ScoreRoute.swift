import Formats
import GAN
import HTTP
import HTTPTypes
import Models

/// `POST /score`: how real each row is.
struct ScoreRoute: Sendable {
    let catalog: Catalog
    let jobs: Jobs
    let statistics: Statistics
    let queues: WorkQueues
    let settings: Settings
    let budget: ParsingBudget

    /// So much may be made of any body, and of a long one in proportion to what the client sent.
    private static let (leastRows, leastBytes, bytesPerByte) = (1_000_000, 64 << 20, 64)
    private static let bytesPerScore = 16

    /// What a request asks for.
    private struct Plan: Sendable {
        var body: RequestBody
        var parameters: Parameters
        var reference: ModelReference
        var format: Format
        var withDetail: Bool
    }

    /// What comes of a plan: without a snapshot of the model nothing yet.
    private enum Outcome: Sendable {
        case source(ScoreSource)
        case noSnapshot(Plan)
    }

    func handle(_ request: Request) async throws -> Response {
        let client = request.remoteAddress
        let share = ParsingBudget.Share(of: budget, for: client)
        // Parsing and scoring are one piece of work.
        let length: WorkQueues.Length = request.body.count < 65_536 ? .short : .long
        let outcome = try await queues.run(length, for: client) { isAbandoned in
            let limits = self.limits(request, share, isAbandoned)
            return try self.outcome(of: self.plan(request, limits), request, limits)
        }
        guard case .noSnapshot(let plan) = outcome else { return try await answer(outcome, share, for: client) }
        try await jobs.checkRunning()
        guard await !jobs.isActive(plan.reference.name) else { throw Problem.noSnapshot(isExpected: true) }
        // A job that is over by now has left what it made behind.
        let last = try await queues.run(length, for: client) { isAbandoned in
            try self.outcome(of: plan, request, self.limits(request, share, isAbandoned))
        }
        return try await answer(last, share, for: client)
    }

    private func answer(_ outcome: Outcome, _ share: ParsingBudget.Share, for client: String) async throws -> Response {
        guard case .source(var source) = outcome else { throw Problem.noSnapshot(isExpected: false) }
        guard source.isLong else {
            return Response(status: .ok, fields: source.fields, body: .bytes(source.rest()))
        }
        let stream = ScoreStream(source: source, share: share)
        return Response(
            status: .ok, fields: source.fields,
            body: .stream(BodyStream { [queues] in try await stream.next(queues, for: client) }))
    }

    private func limits(
        _ request: Request, _ share: ParsingBudget.Share, _ isAbandoned: @escaping @Sendable () -> Bool
    ) -> ReadingLimits {
        let received = request.body.received
        return ReadingLimits(
            columns: settings.maximumColumns, rows: min(settings.maximumRows, max(Self.leastRows, received)),
            bytes: max(Self.leastBytes, Self.bytesPerByte * received), cure: FormatError.piecesHint,
            share: share, isAbandoned: isAbandoned)
    }

    private func plan(_ request: Request, _ limits: ReadingLimits) throws -> Plan {
        let body = try RequestBody(request, limits: limits)
        let parameters = try Parameters(
            query: request.query, body: body.envelope, scalars: ["model", "detail", "format"], structured: ["data"],
            // A /sample answer is taken verbatim.
            ignored: ["n", "version", "step", "seed", "columns", "scores", "sampling", "acceptance_rate"])
        return Plan(
            body: body, parameters: parameters, reference: try ModelReference(parameters.text("model")),
            format: try request.format(of: .rows, parameters), withDetail: try parameters.bool("detail") ?? false)
    }

    private func outcome(of plan: Plan, _ request: Request, _ limits: ReadingLimits) throws -> Outcome {
        guard let served = try catalog.served(plan.reference.name, version: plan.reference.version) else {
            return .noSnapshot(plan)
        }
        guard plan.format.writes.contains(.scores) else {
            let names = Format.writing(.scores).map(\.name)
            throw Problem(
                406, "not_acceptable", "scores are written as \(names.map { $0.uppercased() }.listed(with: "or"))",
                hint: names.map { "format=\($0)" }.listed(with: "or"))
        }
        let encoder = served.snapshot.manifest.encoder
        let reading = request.reading(
            limits, texts: encoder.textColumns,
            numbers: Set(encoder.columns.map(\.name)).subtracting(encoder.textColumns))
        guard let table = try plan.body.table(plan.parameters, reading) else {
            throw Problem(
                422, "invalid_data", "there is nothing to score", hint: "send {\"data\": [...]}", pointer: "/data")
        }
        var scores = Snapshot.Scores()
        for rows in served.snapshot.scoredPieces(of: table) {
            try limits.reserve(Self.bytesPerScore * rows.count)
            scores.append(try served.snapshot.score(rows, of: table))
        }
        statistics.change { $0.scored[served.model, default: 0] += table.rowCount }
        return .source(
            ScoreSource(
                served: served, scores: scores, table: plan.format == .csv ? table : nil, withDetail: plan.withDetail))
    }
}

/// The rest of an answer that is sent while it is made. It holds the rows, and so their share of the budget.
private actor ScoreStream {
    private var source: ScoreSource
    private let share: ParsingBudget.Share

    init(source: ScoreSource, share: ParsingBudget.Share) { (self.source, self.share) = (source, share) }

    func next(_ queues: WorkQueues, for client: String) async throws -> [UInt8]? {
        let source = source
        let (piece, rest) = try await queues.run(.short, for: client) { _ in
            var source = source
            return (source.next(), source)
        }
        self.source = rest
        return piece
    }
}
