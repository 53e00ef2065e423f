import Formats
import HTTP
import HTTPTypes

extension Response {
    /// A JSON answer of one value, which no cache keeps unless a field says so.
    static func json(
        status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], _ value: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter()
        value(&writer)
        writer.newline()
        var fields = fields
        if fields[.contentType] == nil { fields[.contentType] = Format.json.contentType }
        if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
        return Response(status: status, fields: fields, body: .bytes(writer.bytes))
    }
}

/// A JSON answer of an object.
func jsonResponse(
    status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], _ body: (inout JSONWriter) -> Void
) -> Response {
    .json(status: status, fields: fields) { $0.object(body) }
}
