import Formats
package import HTTP
import HTTPTypes

/// The OpenAPI 3.1 document of a route table, which is also where the index at `/` comes from.
package struct OpenAPI: Sendable {
    /// The operations with all that they may answer, one entry a status.
    private let operations: [Operation]

    /// - Parameter routes: all that there are; one that is not described is left out.
    package init(of routes: [Router.Entry]) {
        operations = Self.described.compactMap { operation in
            let route = routes.first { $0.method.rawValue == operation.method && $0.pattern == operation.path }
            return route.map { Self.completed(operation, $0.access) }
        }
    }

    static func reference(_ schema: String) -> String { ##"{"$ref":"#/components/schemas/\##(schema)"}"## }

    /// What every operation may answer.
    private static let common: [(status: Int, codes: String)] = [
        (400, "bad_request, unknown_parameter"), (403, "host_not_allowed, origin_not_allowed"),
        (408, "request_timeout"), (414, "uri_too_long"), (431, "header_fields_too_large"), (500, "internal"),
        (503, "overloaded, draining"),
    ]
    private static let keyed: [(status: Int, codes: String)] = [(401, "missing_api_key, invalid_api_key")]

    private static func completed(_ operation: Operation, _ access: Access) -> Operation {
        var operation = operation
        operation.access = access
        var codes: [Int: [String]] = [:]
        for (status, text) in common + (access.isPublic ? [] : keyed) + operation.errors {
            codes[status, default: []].append(text)
        }
        if access.changes { codes[403, default: []].append("forbidden, read_only") }
        for answer in operation.answers { codes[answer.status] = nil }
        operation.errors = codes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ", ")) }
        return operation
    }

    package var document: String {
        var paths: [String] = []
        for path in operations.map(\.path).reduce(into: [String](), { if !$0.contains($1) { $0.append($1) } }) {
            let members = operations.filter { $0.path == path }.map { #""\#($0.method.lowercased())":\#($0.json)"# }
            paths.append(#""\#(path)":{\#(members.joined(separator: ","))}"#)
        }
        let parameters = Self.parameters.map { #""\#($0.name)":\#($0.json)"# }
        let schemas = Self.schemas.map { #""\#($0.name)":\#($0.json)"# }
        return #"""
            {"openapi":"3.1.0","info":{"title":"gand","version":"\#(Release.version)",
            "summary":"Generative adversarial networks as a service",
            "description":"Data in at /train, new data out at /sample, how real a row is at /score. Errors are RFC 9457 problems with a stable code.",
            "license":{"name":"See the project"}},
            "servers":[{"url":"/"}],"security":[{"key":[]},{}],
            "paths":{\#(paths.joined(separator: ",\n"))},
            "components":{"securitySchemes":{"key":{"type":"http","scheme":"bearer",
            "description":"A key of the setting api_keys; without any, none is asked for. read looks, samples and scores; admin does everything."}},
            "parameters":{\#(parameters.joined(separator: ",\n"))},
            "schemas":{\#(schemas.joined(separator: ",\n"))}}}

            """#
    }

    var response: Response {
        Response(
            status: .ok, fields: [.contentType: Format.json.contentType, .cacheControl: "no-cache"],
            body: .bytes(Array(document.utf8)))
    }

    /// The routes in short.
    var index: Response {
        jsonResponse { writer in
            writer.member("name", "gand")
            writer.member("version", Release.version)
            writer.key("routes")
            writer.object { writer in
                for route in operations { writer.member("\(route.method) \(route.path)", route.summary) }
            }
        }
    }
}
