import Formats
import GAN
import HTTP
import HTTPTypes
import Models

/// `POST /score`: how real each row is.
struct ScoreRoute: Sendable {
    let catalog: Catalog
    let jobs: Jobs
    let sampler: Sampler
    let settings: Settings
    let budget: ParsingBudget

    /// So much may be made of any body, and of a long one in proportion to what the client sent.
    private static let (leastRows, leastBytes, bytesPerByte) = (1_000_000, 64 << 20, 64)
    private static let bytesPerScore = 16

    func handle(_ request: Request) async throws -> Response {
        do {
            return try await answer(request)
        } catch let missing as NoSnapshot {
            try await jobs.checkRunning()
            if await jobs.isActive(missing.model) { throw Problem.noSnapshot(isExpected: true) }
        }
        // A job that is over by now has left what it made behind.
        do {
            return try await answer(request)
        } catch is NoSnapshot {
            throw Problem.noSnapshot(isExpected: false)
        }
    }

    /// The model has no snapshot.
    private struct NoSnapshot: Error {
        let model: String
    }

    private func answer(_ request: Request) async throws -> Response {
        let client = request.remoteAddress
        let share = ParsingBudget.Share(of: budget, for: client)
        // Parsing and scoring are one piece of work.
        let length: Sampler.Length = request.body.count < 65_536 ? .short : .long
        var source = try await sampler.run(length, for: client) { isAbandoned in
            try self.source(request, share, isAbandoned)
        }
        guard source.isLong else {
            return Response(status: .ok, fields: source.fields, body: .bytes(source.rest()))
        }
        let stream = ScoreStream(source: source, share: share)
        return Response(
            status: .ok, fields: source.fields,
            body: .stream(BodyStream { [sampler] in try await stream.next(sampler, for: client) }))
    }

    private func source(
        _ request: Request, _ share: ParsingBudget.Share, _ isAbandoned: @escaping @Sendable () -> Bool
    ) throws -> ScoreSource {
        let received = request.body.received
        let limits = ReadingLimits(
            columns: settings.maximumColumns, rows: min(settings.maximumRows, max(Self.leastRows, received)),
            bytes: max(Self.leastBytes, Self.bytesPerByte * received), cure: FormatError.piecesHint,
            share: share, isAbandoned: isAbandoned)
        let body = try RequestBody(request, limits: limits)
        let parameters = try Parameters(
            query: request.query, body: body.envelope, scalars: ["model", "detail", "format"], structured: ["data"],
            // A /sample answer is taken verbatim.
            ignored: ["n", "version", "step", "seed", "columns", "scores", "sampling", "acceptance_rate"])
        let reference = try ModelReference(parameters.text("model"))
        let format = try request.format(of: .rows, parameters)
        let withDetail = try parameters.bool("detail") ?? false
        guard let served = try catalog.served(reference.name, version: reference.version) else {
            throw NoSnapshot(model: reference.name)
        }
        guard format.writes.contains(.scores) else {
            let names = Format.writing(.scores).map(\.name)
            throw Problem(
                406, "not_acceptable", "scores are written as \(names.map { $0.uppercased() }.listed(with: "or"))",
                hint: names.map { "format=\($0)" }.listed(with: "or"))
        }
        let encoder = served.snapshot.manifest.encoder
        let reading = request.reading(
            limits, texts: encoder.textColumns,
            numbers: Set(encoder.columns.map(\.name)).subtracting(encoder.textColumns))
        guard let table = try body.table(parameters, reading) else {
            throw Problem(
                422, "invalid_data", "there is nothing to score", hint: "send {\"data\": [...]}", pointer: "/data")
        }
        var scores = Snapshot.Scores()
        for rows in served.snapshot.scoredPieces(of: table) {
            try limits.reserve(Self.bytesPerScore * rows.count)
            scores.append(try served.snapshot.score(rows, of: table))
        }
        jobs.statistics.change { $0.scored[served.model, default: 0] += table.rowCount }
        return ScoreSource(
            served: served, scores: scores, table: format == .csv ? table : nil, withDetail: withDetail)
    }
}

/// The rest of an answer that is sent while it is made. It holds the rows, and so their share of the budget.
private actor ScoreStream {
    private var source: ScoreSource
    private let share: ParsingBudget.Share

    init(source: ScoreSource, share: ParsingBudget.Share) { (self.source, self.share) = (source, share) }

    func next(_ sampler: Sampler, for client: String) async throws -> [UInt8]? {
        let source = source
        let (piece, rest) = try await sampler.run(.short, for: client) { _ in
            var source = source
            return (source.next(), source)
        }
        self.source = rest
        return piece
    }
}
