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
    let columnLimit: Int

    func handle(_ request: Request) async throws -> Response {
        // Parsing and scoring are one piece of work on the sampler's queue.
        do {
            return try await sampler.run { try self.answer(request) }
        } catch let missing as NoSnapshot {
            try await jobs.checkRunning()
            if await jobs.isActive(missing.model) { throw Problem.noSnapshot(isExpected: true) }
        }
        // A job that is over by now has left what it made behind.
        do {
            return try await sampler.run { try self.answer(request) }
        } catch is NoSnapshot {
            throw Problem.noSnapshot(isExpected: false)
        }
    }

    /// The model has no snapshot.
    private struct NoSnapshot: Error {
        let model: String
    }

    private func answer(_ request: Request) throws -> Response {
        let body = try RequestBody(request)
        let parameters = try Parameters(
            query: request.query, body: body.envelope, scalars: ["model", "detail", "format"], structured: ["data"],
            // A /sample answer is taken verbatim.
            ignored: ["n", "version", "step", "seed", "columns", "scores", "sampling", "acceptance_rate"])
        let reference = try ModelReference(parameters.text("model"))
        let format = try AnswerFormat.of(request, parameters)
        let withDetail = try parameters.bool("detail") ?? false
        guard let served = try catalog.served(reference.name, version: reference.version) else {
            throw NoSnapshot(model: reference.name)
        }
        let encoder = served.snapshot.manifest.encoder
        let reader = DataReader(
            textColumns: encoder.textColumns,
            numberColumns: Set(encoder.columns.map(\.name)).subtracting(encoder.textColumns), columnLimit: columnLimit,
            newlinesMayBeGone: request.newlinesMayBeGone)
        guard let table = try reader.table(body, parameters) else {
            throw Problem(
                422, "invalid_data", "there is nothing to score", hint: "send {\"data\": [...]}", pointer: "/data")
        }
        let scores = try served.snapshot.score(table)
        jobs.statistics.change { $0.scored[served.model, default: 0] += table.rowCount }
        switch format {
        case .json: return json(served, scores, withDetail: withDetail)
        case .csv: return csv(served, table, scores, withDetail: withDetail)
        case .ndjson, .npy:
            throw Problem(406, "not_acceptable", "scores are written as JSON or CSV", hint: "format=json or format=csv")
        }
    }

    private func json(_ served: Served, _ scores: Snapshot.Scores, withDetail: Bool) -> Response {
        jsonResponse { writer in
            writer.member("model", served.model)
            writer.member("version", served.version)
            writer.member("step", served.snapshot.manifest.step)
            writer.member("n", scores.probabilities.count)
            func numbers(_ name: String, _ values: [Float], decimals: Int) {
                writer.key(name)
                writer.array { writer in
                    for value in values { writer.value(Double(value), decimals: decimals) }
                }
            }
            numbers("scores", scores.probabilities, decimals: 9)
            let sum = scores.probabilities.reduce(0) { $0 + Double($1) }
            writer.member("mean", sum / Double(scores.probabilities.count))
            guard withDetail else { return }
            numbers("logits", scores.logits, decimals: 6)
            if let percentiles = scores.percentiles { numbers("percentiles", percentiles, decimals: 6) }
            writer.key("misfits")
            writer.array { writer in
                let columns = served.snapshot.manifest.encoder.columns
                for place in scores.misfits {
                    if place < 0 { writer.null() } else { writer.value(columns[Int(place)].name) }
                }
            }
        }
    }

    private func csv(_ served: Served, _ table: Table, _ scores: Snapshot.Scores, withDetail: Bool) -> Response {
        func column(_ name: ByteText, _ values: [Float]) -> Column {
            Column(name: table.unusedName(name), values: values.map(Double.init), decimals: 6)
        }
        var columns = table.columns + [column("score", scores.probabilities)]
        if withDetail {
            columns.append(column("logit", scores.logits))
            if let percentiles = scores.percentiles { columns.append(column("percentile", percentiles)) }
            let names = served.snapshot.manifest.encoder.columns.map(\.name)
            columns.append(
                Column(
                    name: table.unusedName("misfit"), values: scores.misfits.map { $0 < 0 ? .nan : Double($0) },
                    texts: names))
        }
        var bytes: [UInt8] = []
        var writer = CSVRowWriter()
        writer.append(Table(columns: columns, orientation: .records), to: &bytes)
        return Response(
            status: .ok,
            fields: [
                .contentType: AnswerFormat.csv.contentType, .cacheControl: "no-store", .model: served.model,
                .version: String(served.version), .step: String(served.snapshot.manifest.step),
            ], body: .bytes(bytes))
    }
}
