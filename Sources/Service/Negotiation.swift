import Formats
import HTTP
import HTTPTypes
import Models

/// What a request's body is.
enum RequestBody {
    case empty
    case json(JSONText, Body)
    /// Newline-delimited JSON. Where nothing says that the text is lines, `otherwise` tells why it is not a single value.
    case lines(Body, otherwise: FormatError?)
    case csv(Body)
    case npy(Body)

    /// By Content-Type; where that is missing or what `curl -d` sends, by its first bytes.
    init(_ request: Request, limits: ReadingLimits = ReadingLimits()) throws {
        guard !request.body.isEmpty else {
            self = .empty
            return
        }
        let type = (request.fields[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        switch type {
        case "application/json": self = .json(try Self.json(request.body, limits), request.body)
        case "text/csv": self = .csv(request.body)
        case "application/x-ndjson", "application/jsonl": self = .lines(request.body, otherwise: nil)
        case "application/x-npy": self = .npy(request.body)
        case "", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream":
            let first = request.body.first { $0 > 0x20 }
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                self = try Self.jsonOrLines(request.body, limits)
            } else if request.body.first(where: { _ in true }) == 0x93 {
                self = .npy(request.body)
            } else if request.body.first(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: ",") }) != nil {
                self = .csv(request.body)
            } else {
                throw Problem(
                    415, "unsupported_media_type", "the body is neither JSON nor CSV of two lines or more",
                    hint: "a CSV file needs `curl --data-binary @file`: -d takes the newlines out")
            }
        default:
            throw Problem(
                415, "unsupported_media_type", "the body's type is not known here",
                hint: "known are application/json, application/x-ndjson, text/csv and application/x-npy")
        }
    }

    private static func json(_ body: Body, _ limits: ReadingLimits) throws(FormatError) -> JSONText {
        try body.withSpan { text throws(FormatError) in try JSONText(text, limits: limits, whenRead: body.release) }
    }

    /// One document, or where there is more behind its end, one a line.
    private static func jsonOrLines(_ body: Body, _ limits: ReadingLimits) throws(FormatError) -> RequestBody {
        do throws(FormatError) {
            return .json(try json(body, limits), body)
        } catch {
            guard error.code == .invalidJSON, body.withSpan({ text in NDJSON.mayBe(text) }) else { throw error }
            return .lines(body, otherwise: error)
        }
    }

    /// The object that a JSON body is; parameters may stand in it.
    var envelope: JSONElement? {
        if case .json(let text, _) = self, text.document.root.kind == .object { text.document.root } else { nil }
    }

    /// The same of a body that is nothing else.
    ///
    /// - Throws: what is wrong about one that is not quite JSON.
    func onlyEnvelope() throws(FormatError) -> JSONElement? {
        if case .lines(_, let error?) = self { throw error }
        return envelope
    }
}

extension Sampler {
    /// Reads a body: a short one at once, others where no connection waits for it, and among their likes.
    func parse<Result: Sendable>(
        _ request: Request,
        _ read: @escaping @Sendable (_ isAbandoned: @escaping @Sendable () -> Bool) throws -> Result
    ) async throws -> Result {
        switch request.body.count {
        case ..<4096: try read { false }
        case ..<65_536: try await run(.short, for: request.remoteAddress, read)
        default: try await run(.long, for: request.remoteAddress, read)
        }
    }
}

extension Request {
    /// Whether the body came as `curl -d @file` sends it, which takes the newlines out.
    var newlinesMayBeGone: Bool { fields[.contentType] == "application/x-www-form-urlencoded" }
}

extension JSONWriter {
    mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array { writer in
            for value in values { writer.value(value) }
        }
    }

    mutating func member(_ name: String, _ values: [ByteText]) { member(name, values.map(\.string)) }

    /// An object of numbers, by name.
    mutating func member(_ name: String, _ values: [String: Double]) {
        key(name)
        object { writer in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
        }
    }
}

/// The media ranges of an Accept field with their qualities, in the order given (RFC 9110 §12.5.1).
func acceptedRanges(_ accept: String) -> [(name: String, quality: Double)] {
    accept.split(separator: ",").map { range in
        let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
        let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        return (parts.first ?? "", quality)
    }
}

/// A choice of what an answer may be written as.
protocol Representation: RawRepresentable, CaseIterable where RawValue == String {
    /// The media ranges that ask for this one, its own type first.
    var mediaTypes: [String] { get }
}

extension Representation {
    /// `format=` first, then Accept (RFC 9110 §12.5.1), by quality and then in the order given; else the first choice.
    static func of(_ request: Request, _ parameters: Parameters) throws -> Self {
        if let given = try parameters.choice("format", of: Self.self) { return given }
        guard let accept = request.fields[.accept] else { return Array(allCases)[0] }
        for range in acceptedRanges(accept).filter({ $0.quality > 0 }).sorted(by: { $0.quality > $1.quality }) {
            if let choice = allCases.first(where: { $0.mediaTypes.contains(range.name) }) { return choice }
        }
        let known = allCases.compactMap(\.mediaTypes.first)
        throw Problem(
            406, "not_acceptable", "there is no such representation",
            hint: "there are \(known.joined(separator: ", "))")
    }
}

/// What rows are written as.
enum AnswerFormat: String, Representation {
    case json, ndjson, csv, npy

    var mediaTypes: [String] {
        switch self {
        case .json: ["application/json", "application/*", "*/*"]
        case .ndjson: ["application/x-ndjson"]
        case .csv: ["text/csv", "text/*"]
        case .npy: ["application/x-npy"]
        }
    }

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8"
        case .npy: "application/x-npy"
        }
    }
}

/// A JSON answer.
func jsonResponse(
    status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], _ body: (inout JSONWriter) -> Void
) -> Response {
    var writer = JSONWriter()
    writer.object(body)
    var fields = fields
    fields[.contentType] = AnswerFormat.json.contentType
    if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
    return Response(status: status, fields: fields, body: .bytes(writer.bytes + [UInt8(ascii: "\n")]))
}
