import Formats
import HTTP
import HTTPTypes
import Models

/// `/models`: what was learned.
struct ModelRoutes: Sendable {
    let store: Store
    let catalog: Catalog
    let jobs: Jobs
    let library: Library
    let queues: WorkQueues
    let budget: ParsingBudget

    func list(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let models = try await queues.read { [store] in try store.models() }
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
        let model = try await model(Self.name(request))
        guard !request.ifNoneMatch(model.tag) else {
            return Response(status: .notModified, fields: [.eTag: model.tag, .cacheControl: "no-cache"])
        }
        return try await response(model)
    }

    func patch(_ request: Request) async throws -> Response {
        let name = try Self.name(request)
        let change = try await queues.parse(request) { isAbandoned in
            try Self.change(request, budget.limits(for: request.remoteAddress, isAbandoned))
        }
        return try await response(library.change(model: name, change, onlyIf: request.condition))
    }

    private static func change(_ request: Request, _ limits: ReadingLimits) throws -> Store.Change {
        guard let envelope = try RequestBody(request, limits: limits).onlyEnvelope() else {
            throw Problem(
                422, "invalid_data", "the body must be a JSON object",
                hint: "{\"current_version\": 1} rolls back, {\"tags\": {}} sets the tags", pointer: "")
        }
        let parameters = try Parameters(
            query: request.query, body: envelope, scalars: ["current_version"], structured: ["tags"])
        return Store.Change(
            currentVersion: try parameters.integer("current_version", in: Bounds.version),
            tags: try parameters.members["tags"].map { try TagsPayload.read($0, at: "/tags") })
    }

    func delete(_ request: Request) async throws -> Response {
        let parameters = try Parameters(query: request.query, body: nil, scalars: ["version"])
        let reference = try ModelReference(request.parameters["name"])
        if let version = try parameters.version ?? reference.version {
            try await library.delete(model: reference.name, version: version, onlyIf: request.condition)
        } else {
            try await library.delete(model: reference.name, onlyIf: request.condition)
        }
        return Response(status: .noContent)
    }

    private func model(_ name: String) async throws -> Model {
        try await queues.read { [store] in try store.model(name) }
    }

    private func response(_ model: Model) async throws -> Response {
        let isTraining = await jobs.isActive(model.name)
        let served = try? await queues.read { [catalog] in try catalog.served(model.name) }
        return .json(fields: [.cacheControl: "no-cache", .eTag: model.tag]) {
            model.write(to: &$0, isTraining: isTraining, served: served)
        }
    }

    static func name(_ request: Request) throws -> String {
        let reference = try ModelReference(request.parameters["name"])
        guard reference.version == nil else {
            throw Problem(404, "route_not_found", "a version alone is found at /models/{name}/weights?version=")
        }
        return reference.name
    }
}

extension Model {
    /// The entity tag of what the API shows of the model.
    var tag: String { "\"\(revision)\"" }
}

extension Parameters {
    /// A version's number, where one is given.
    var version: Int? { get throws { try integer("version", in: Bounds.version) } }
}

extension Request {
    /// What If-Match and If-None-Match (RFC 9110 §13.1) ask of a model that is to be changed. A tag that compression has
    /// made weak is still the model's.
    var condition: Store.Condition {
        get throws {
            guard let match = fields[.ifMatch] else { return fields[.ifNoneMatch] == "*" ? .isAbsent : .any }
            guard match != "*" else { return .exists }
            let tags = match.split(separator: ",").map { tag in
                let tag = tag.filter { $0 != " " && $0 != "\t" }
                return tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
            }.filter { !$0.isEmpty }
            guard !tags.isEmpty, tags.allSatisfy({ $0.count > 1 && $0.first == "\"" && $0.last == "\"" }) else {
                throw Problem(
                    422, "invalid_parameter", "must be *, or entity tags in their quotes, with commas between",
                    hint: "GET /models/{name} gives the tag in ETag", pointer: "header:If-Match")
            }
            return .revisions(Set(tags.compactMap { Int($0.dropFirst().dropLast()) }))
        }
    }
}
