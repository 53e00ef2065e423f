import Formats
import HTTP
import HTTPTypes
import Models

/// `/models/{name}/weights`: a version as one safetensors file, out and in.
struct WeightsRoutes: Sendable {
    let store: Store
    let catalog: Catalog
    let jobs: Jobs
    let library: Library
    let queues: WorkQueues
    let settings: Settings
    let budget: ParsingBudget

    /// How often a file is in memory while it is read: as bytes, and as weights and what is checked of them.
    private static let copies = 3

    func get(_ request: Request) async throws -> Response {
        let parameters = try Parameters(query: request.query, body: nil, scalars: ["version"])
        let reference = try ModelReference(request.parameters["name"])
        let number = try parameters.version ?? reference.version
        // Every byte is checked, which takes long enough to keep others waiting.
        let (version, file) = try await queues.run(.long, for: request.remoteAddress) { [store, catalog] _ in
            let version = try store.version(model: reference.name, number: number)
            return (version, try catalog.soundFile(of: version))
        }
        let tag = "\"\(version.sha256)\""
        var fields: HTTPFields = [
            .eTag: tag, .acceptRanges: "bytes",
            .cacheControl: number == nil ? "no-cache" : settings.forever,
            .model: version.model, .version: String(version.number),
        ]
        guard !request.ifNoneMatch(tag) else { return Response(status: .notModified, fields: fields) }
        fields[.contentType] = Format.safetensors.contentType
        fields[.contentDisposition] = "attachment; filename=\"\(version.model)-\(version.number).safetensors\""
        switch ByteRange(request, count: file.count, tag: tag) {
        case .whole: return Response(status: .ok, fields: fields, body: .bytes(file))
        case .part(let range):
            fields[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.count)"
            return Response(status: .partialContent, fields: fields, body: .bytes(Array(file[range])))
        case .unsatisfiable:
            var answer = Problem(
                416, "range_not_satisfiable", "the file has \(file.count) bytes"
            ).response(requestID: request.id)
            answer.fields[.contentRange] = "bytes */\(file.count)"
            return answer
        }
    }

    func put(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let name = try ModelRoutes.name(request)
        // curl -T sends no type.
        let type = (request.fields[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard ["", Format.safetensors.contentType, "application/octet-stream"].contains(type) else {
            throw Problem(
                415, "unsupported_media_type", "the body must be a safetensors file",
                hint: "curl -T model.safetensors sends one")
        }
        let file = try await queues.run(.long, for: request.remoteAddress) { isAbandoned in
            let limits = budget.limits(for: request.remoteAddress, isAbandoned)
            try limits.reserve(Self.copies * request.body.count)
            return try WeightsFile(request.body.bytes)
        }
        let model = try await library.add(file, to: name, onlyIf: request.condition)
        let isTraining = await jobs.isActive(name)
        return .json(status: .created, fields: [.eTag: model.tag, .location: "/models/\(name)"]) {
            model.write(to: &$0, isTraining: isTraining)
        }
    }
}

/// Which bytes of a file a request asks for (RFC 9110 §14): one range, or else the whole.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    case unsatisfiable

    init(_ request: Request, count: Int, tag: String) {
        // A range of what has changed meanwhile would not fit the bytes that the client has.
        if let condition = request.fields[.ifRange], condition != tag {
            self = .whole
        } else {
            self.init(request.fields[.range] ?? "", count: count)
        }
    }

    init(_ field: String, count: Int) {
        self = .whole
        guard field.lowercased().hasPrefix("bytes=") else { return }
        let ends = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false).map {
            $0.filter { $0 != " " }
        }
        // What is no range is as if it were not there.
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }) else { return }
        let (first, last) = (Int(ends[0]), Int(ends[1]))
        switch (first, last) {
        case (nil, let last?) where ends[0].isEmpty:
            self = last > 0 && count > 0 ? .part(max(0, count - last)..<count) : .unsatisfiable
        case (let first?, nil) where ends[1].isEmpty: self = first < count ? .part(first..<count) : .unsatisfiable
        case (let first?, let last?) where first <= last:
            self = first < count ? .part(first..<min(count - 1, last) + 1) : .unsatisfiable
        default: return
        }
    }
}
