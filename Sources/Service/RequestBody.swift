import Formats
import HTTP
import HTTPTypes

/// What a request's body is.
enum RequestBody: Sendable {
    case empty
    case json(JSONText, Body)
    /// Rows and nothing else. Where nothing says that a text is lines of JSON, `otherwise` tells why it is no single value.
    case rows(Format, Body, otherwise: FormatError?)

    /// What bytes come with of which nobody has said what they are, as `curl -d` sends them.
    private static let untold = ["", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream"]

    /// By Content-Type; where that says nothing, by its first bytes.
    init(_ request: Request, limits: ReadingLimits = ReadingLimits()) throws {
        guard !request.body.isEmpty else {
            self = .empty
            return
        }
        let type = (request.fields[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard Self.untold.contains(type) else {
            let known = Format.reading(.rows)
            guard let format = known.first(where: { $0.mediaTypes.contains(type) }) else {
                throw Problem(
                    415, "unsupported_media_type", "the body's type is not known here",
                    hint: "known are \(known.map(\.mediaType).listed(with: "and"))")
            }
            self =
                format == .json
                ? .json(try Self.json(request.body, limits), request.body)
                : .rows(format, request.body, otherwise: nil)
            return
        }
        guard let format = Format.looking(like: .rows, request.body.first) else {
            throw Problem(
                415, "unsupported_media_type", "the body is neither JSON nor CSV of two lines or more",
                hint: "a CSV file needs `curl --data-binary @file`: -d takes the newlines out")
        }
        self =
            format == .json
            ? try Self.jsonOrLines(request.body, limits) : .rows(format, request.body, otherwise: nil)
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
            return .rows(.ndjson, body, otherwise: error)
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
        if case .rows(_, _, let error?) = self { throw error }
        return envelope
    }

    /// The rows of the body, whatever they are written as; `/train` and `/score` take the same.
    ///
    /// - Returns: `nil` where the body is empty, or an object whose `data` are no rows.
    func table(_ parameters: Parameters, _ reading: Format.Reading) throws -> Table? {
        let table: Table
        switch self {
        case .empty: return nil
        case .rows(let format, let body, let otherwise):
            guard let read = format.read else { return nil }
            do throws(FormatError) {
                table = try body.withSpan { bytes throws(FormatError) in try read(bytes, reading, body.release) }
            } catch {
                // Of what is neither, the mistake is more likely the one that keeps it from being a single value.
                throw error.code == .invalidJSON ? otherwise ?? error : error
            }
        case .json(let text, let body):
            let isArray = text.document.root.kind == .array
            guard let data = isArray ? text.document.root : parameters.members["data"], data.kind != .object else {
                return nil
            }
            let pointer = isArray ? "" : "/data"
            let long = try body.withSpan { bytes throws(FormatError) in
                try text.table(bytes, at: pointer, limits: reading.limits, whenRead: body.release)
            }
            table = try long ?? Table(json: data, at: pointer, limits: reading.limits)
        }
        return Table(
            columns: table.columns.map { reading.textColumns.contains($0.name) ? $0.asTexts() : $0 },
            orientation: table.orientation)
    }
}

extension Request {
    /// How the rows of the body are read.
    ///
    /// - Parameters:
    ///   - texts: columns whose numbers are texts.
    ///   - numbers: columns whose digits are numbers.
    func reading(
        _ limits: ReadingLimits, texts: Set<ByteText>, numbers: Set<ByteText> = []
    ) -> Format.Reading {
        var reading = Format.Reading(limits: limits)
        reading.textColumns = texts
        reading.numberColumns = numbers
        reading.newlinesMayBeGone = fields[.contentType] == "application/x-www-form-urlencoded"
        return reading
    }
}
