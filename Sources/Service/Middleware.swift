import Foundation
import HTTP
import HTTPTypes
import Logging

/// What stands between the server and the routes.
enum Middleware {
    /// Runs a route off the connection's queue and turns what it throws into a problem.
    static func answering(
        _ route: @escaping @Sendable (Request) async throws -> Response, logger: Logger
    ) -> Handler {
        { request in
            .later {
                do {
                    return try await route(request)
                } catch {
                    let problem = Problem(error)
                    if problem.status == 500 {
                        logger.error("request failed", metadata: ["request": "\(request.id)", "error": "\(error)"])
                    }
                    return problem.response(requestID: request.id)
                }
            }
        }
    }

    /// What is answered instead of any route but the probes while there is too much to do.
    static func overloaded(_ request: Request, _: [HTTPRequest.Method]) -> Response {
        Problem(.overloaded).response(requestID: request.id)
    }

    static func noRoute(_ request: Request, _ allowed: [HTTPRequest.Method]) -> Response {
        let problem =
            allowed.isEmpty
            ? Problem(404, "route_not_found", "there is nothing at this path", hint: "GET / lists the routes")
            : Problem(
                405, "method_not_allowed", "the path does not take this method",
                allowed: allowed.map(\.rawValue).joined(separator: ", "))
        return problem.response(requestID: request.id)
    }

    /// Bodies are sniffed, so a page of another site must not be able to send any: a browser names where it comes from.
    static func refuseForeignPages(_ request: Request) -> Response? {
        let (site, origin) = (request.fields[.secFetchSite], request.fields[.origin])
        // A link to the dashboard may stand anywhere: its page is the same for all, and in no frame.
        if request.method == .get, request.segments.isEmpty, request.fields[.secFetchMode] == "navigate" { return nil }
        let isForeign =
            site == "cross-site" || origin.map { host(ofOrigin: $0) != request.host.lowercased() } ?? false
        guard isForeign else { return nil }
        return Problem(403, "origin_not_allowed", "requests from pages of other sites are not answered")
            .response(requestID: request.id)
    }

    private static func host(ofOrigin origin: String) -> String {
        let lower = origin.lowercased()
        guard let scheme = lower.range(of: "://") else { return lower }
        return String(lower[scheme.upperBound...])
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .via
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .via
}
