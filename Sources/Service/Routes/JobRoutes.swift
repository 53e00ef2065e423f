import Formats
import HTTP
import HTTPTypes
import Models

/// `/jobs`: what was asked to be trained, and how far it is.
struct JobRoutes: Sendable {
    let jobs: Jobs
    let waiting: WaitingRoom

    func list(_ request: Request) async throws -> Response {
        let parameters = try Parameters(
            query: request.query, body: nil, scalars: ["status", "model", "limit", "after"])
        let limit = try parameters.integer("limit", in: Bounds.jobs) ?? Bounds.standardJobs
        let model = try parameters.text("model").map { try ModelReference($0).name }
        let found = try await jobs.list(
            status: parameters.choice("status", of: Job.Status.self), model: model, limit: limit + 1,
            after: parameters.filledText("after"))
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
        let wait = try request.wait(parameters)
        let job = try await jobs.find(request.parameters["id"] ?? "")
        return try await awaited(job, wait: wait, request) { job, _ in Self.response(job, status: .ok) }
    }

    /// The answer of a job that is waited for; where too many requests wait already, of the job as it is now.
    func awaited(
        _ job: Job, wait: Int, _ request: Request, _ answer: (Job, _ isAwaited: Bool) -> Response
    ) async throws -> Response {
        guard wait > 0, !job.status.isTerminal else { return answer(job, wait > 0) }
        let end = try await waiting.wait(request) { try await jobs.wait(for: job.id, within: .seconds(wait)) }
        var response = answer(end ?? job, true)
        // The next to wait may find a place, and whoever comes from the same address a connection.
        response.closesConnection = end == nil
        return response
    }

    func cancel(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let job = try await jobs.find(request.parameters["id"] ?? "")
        return Self.response(try await jobs.cancel(job.id), status: .accepted)
    }

    func resume(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let job = try await jobs.find(request.parameters["id"] ?? "")
        return Self.accepted(try await jobs.resume(job.id))
    }

    /// A job that was accepted; 200 where its end was waited for and has come.
    static func accepted(_ job: Job, isAwaited: Bool = false) -> Response {
        var response = response(job, status: isAwaited && job.status.isTerminal ? .ok : .accepted)
        response.fields[.location] = "/jobs/\(job.id)"
        return response
    }

    private static func response(_ job: Job, status: HTTPResponse.Status) -> Response {
        .json(status: status, fields: job.status.isTerminal ? [:] : [.retryAfter: "1"]) { job.write(to: &$0) }
    }
}

extension Jobs {
    /// The job of an identifier, or the one that was accepted last for `latest`.
    func find(_ id: String) async throws -> Job {
        guard id == "latest" else { return try job(id) }
        guard let latest = try latest() else {
            throw Problem(404, "job_not_found", "there is no job yet", hint: "POST /train makes one")
        }
        return latest
    }
}
