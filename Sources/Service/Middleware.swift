import Foundation
import HTTP
import HTTPTypes
import Logging

/// What stands between the server and the routes.
enum Middleware {
    /// Runs a route on the connection's queue, which long work is to leave, and turns what it throws into a problem.
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

/// The names that a server which only this machine can reach may be called by. A page whose own name was made to lead here
/// calls it by that one, and would be taken for a page of this server.
struct AllowedHosts: Sendable {
    /// In lower case.
    let names: Set<String>

    func refusal(of request: Request) -> Response? {
        // Whoever is on a Unix-domain socket is no page, and has no name to call it by.
        guard !request.remoteAddress.isEmpty, !isAllowed(request.hostBytes) else { return nil }
        return Problem(
            403, "host_not_allowed", "the server is not known by this name",
            hint: "the setting allowed_hosts lists the names that it may be called by"
        ).response(requestID: request.id)
    }

    /// Every request is asked for its host, so addresses are recognised by their bytes, without a text.
    func isAllowed(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let port = bytes[(end + 1)...]
            let isAddress = bytes[..<end].dropFirst().allSatisfy {
                isDigit($0) || 0x61...0x66 ~= $0 | 0x20 || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
            }
            return isAddress && isPort(port)
        }
        var name = bytes
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")) {
            guard isPort(bytes[colon...]) else { return false }
            name = bytes[..<colon]
        }
        if Self.isIPv4(name) { return true }
        let text = String(decoding: name, as: UTF8.self).lowercased()
        return text == "localhost" || text.hasSuffix(".localhost") || names.contains(text)
    }

    private static func isIPv4(_ text: ArraySlice<UInt8>) -> Bool {
        var (dots, number) = (0, Int?.none)
        for byte in text {
            if byte == UInt8(ascii: "."), number != nil {
                dots += 1
                number = nil
            } else {
                guard isDigit(byte) else { return false }
                number = 10 * (number ?? 0) + Int(byte - 0x30)
                guard number ?? 0 <= 255 else { return false }
            }
        }
        return dots == 3 && number != nil
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .via
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .via
}
