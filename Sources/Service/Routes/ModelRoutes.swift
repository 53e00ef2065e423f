import Formats
import HTTP
import HTTPTypes
import Models

/// `/models`: what was learned.
struct ModelRoutes: Sendable {
    let store: Store
    let jobs: Jobs
    let sampler: Sampler

    func list(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let models = try await sampler.run { [store] in try store.models() }
        var active: [String: Bool] = [:]
        for model in models { active[model.name] = await jobs.isActive(model.name) }
        return jsonResponse { writer in
            writer.key("data")
            writer.array { writer in
                for model in models { model.write(to: &writer, isTraining: active[model.name] ?? false) }
            }
        }
    }

    func get(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let name = try ModelReference(request.parameters["name"]).name
        let model = try await sampler.run { [store] in try store.model(name) }
        let isTraining = await jobs.isActive(name)
        var writer = JSONWriter()
        model.write(to: &writer, isTraining: isTraining)
        return Response(
            status: .ok, fields: [.contentType: AnswerFormat.json.contentType, .cacheControl: "no-store"],
            body: .bytes(writer.bytes + [UInt8(ascii: "\n")]))
    }

    func delete(_ request: Request) async throws -> Response {
        let parameters = try Parameters(query: request.query, body: nil, scalars: ["version"])
        let reference = try ModelReference(request.parameters["name"])
        let given = try parameters.integer("version", in: 1...Int(Int32.max))
        if let version = given ?? reference.version {
            try await jobs.delete(model: reference.name, version: version)
        } else {
            try await jobs.delete(model: reference.name)
        }
        return Response(status: .noContent)
    }
}
