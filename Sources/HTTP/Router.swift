package import HTTPTypes

/// Finds the handler of a request by its method and path.
package struct Router: Sendable {
    private struct Route: Sendable {
        var pattern: String
        var segments: [Segment]
        var handlers: [HTTPRequest.Method: Handler]
    }

    private enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    /// Answers requests that no route takes; with the methods that the path does take where there are any.
    package typealias Fallback = @Sendable (Request, _ allowed: [HTTPRequest.Method]) -> Response

    private var routes: [Route] = []
    private let fallback: Fallback

    package init(fallback: @escaping Fallback) { self.fallback = fallback }

    /// Adds a route. A pattern is a path whose segments may be `{name}`; literal segments win over those.
    package mutating func on(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping Handler) {
        let segments = pattern.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? Segment.parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
        if let index = routes.firstIndex(where: { $0.pattern == pattern }) {
            precondition(routes[index].handlers[method] == nil, "two handlers of \(method) \(pattern)")
            routes[index].handlers[method] = handler
            return
        }
        let conflict = routes.contains { route in
            route.segments.count == segments.count
                && zip(route.segments, segments).allSatisfy { pair in
                    switch pair {
                    case (.literal(let a), .literal(let b)): a == b
                    case (.parameter, .parameter): true
                    default: false
                    }
                }
        }
        precondition(!conflict, "\(pattern) is another route by other names")
        routes.append(Route(pattern: pattern, segments: segments, handlers: [method: handler]))
        // Routes with literals where others have parameters come first.
        routes.sort { a, b in
            for (x, y) in zip(a.segments, b.segments) {
                switch (x, y) {
                case (.literal, .parameter): return true
                case (.parameter, .literal): return false
                default: continue
                }
            }
            return false
        }
    }

    /// The methods and patterns of all routes.
    package var contents: [(method: HTTPRequest.Method, pattern: String)] {
        routes.flatMap { route in
            route.handlers.keys.map { ($0, route.pattern) }.sorted { $0.0.rawValue < $1.0.rawValue }
        }
    }

    package func handle(_ request: Request) -> Reply {
        var path = request.segments[...]
        if path.first == "v1" { path = path.dropFirst() }
        for route in routes {
            guard let parameters = match(route, path) else { continue }
            var request = request
            request.parameters = parameters
            request.route = route.pattern
            if let handler = route.handlers[request.method] { return handler(request) }
            if request.method == .head, let handler = route.handlers[.get] { return handler(request) }
            var allowed = Set(route.handlers.keys).union([.options])
            if allowed.contains(.get) { allowed.insert(.head) }
            let sorted = allowed.sorted { $0.rawValue < $1.rawValue }
            guard request.method == .options else { return .now(fallback(request, sorted)) }
            return .now(Self.options(sorted))
        }
        if request.method == .options, request.rawPath == "*" {
            return .now(Self.options([.delete, .get, .head, .options, .post]))
        }
        return .now(fallback(request, []))
    }

    private static func options(_ allowed: [HTTPRequest.Method]) -> Response {
        Response(
            status: .noContent, fields: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
    }

    private func match(_ route: Route, _ path: ArraySlice<String>) -> [String: String]? {
        guard route.segments.count == path.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(route.segments, path) {
            switch segment {
            case .literal(let literal): guard literal == part else { return nil }
            case .parameter(let name): parameters[name] = part
            }
        }
        return parameters
    }
}
