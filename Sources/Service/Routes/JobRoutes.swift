import Formats
import HTTP
import HTTPTypes
import Models

/// `/jobs`: what was asked to be trained, and how far it is.
struct JobRoutes: Sendable {
    let jobs: Jobs

    func list(_ request: Request) async throws -> Response {
        let parameters = try Parameters(
            query: request.query, body: nil, scalars: ["status", "model", "limit", "after"])
        let limit = try parameters.integer("limit", in: 1...1000) ?? 20
        let model = try parameters.text("model").map { try ModelReference($0).name }
        let found = try await jobs.list(
            status: parameters.choice("status", of: Job.Status.self), model: model, limit: limit + 1,
            after: parameters.text("after"))
        return jsonResponse { writer in
            writer.key("data")
            writer.array { writer in
                for job in found.prefix(limit) { job.write(to: &writer) }
            }
            writer.key("next")
            if found.count > limit { writer.value(found[limit - 1].id) } else { writer.null() }
        }
    }

    func get(_ request: Request) async throws -> Response {
        let parameters = try Parameters(query: request.query, body: nil, scalars: ["wait"])
        var job = try await job(request)
        if let wait = try parameters.integer("wait", in: 0...3600), wait > 0 {
            job = try await jobs.wait(for: job.id, within: .seconds(wait))
        }
        return response(job, status: .ok)
    }

    func cancel(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let job = try await jobs.cancel(job(request).id)
        return response(job, status: .accepted)
    }

    private func job(_ request: Request) async throws -> Job {
        let id = request.parameters["id"] ?? ""
        guard id == "latest" else { return try await jobs.job(id) }
        guard let latest = try await jobs.latest() else {
            throw Problem(404, "job_not_found", "there is no job yet", hint: "POST /train makes one")
        }
        return latest
    }

    private func response(_ job: Job, status: HTTPResponse.Status) -> Response {
        var writer = JSONWriter()
        job.write(to: &writer)
        var fields: HTTPFields = [.contentType: AnswerFormat.json.contentType, .cacheControl: "no-store"]
        if !job.status.isTerminal { fields[.retryAfter] = "1" }
        return Response(status: status, fields: fields, body: .bytes(writer.bytes + [UInt8(ascii: "\n")]))
    }
}
