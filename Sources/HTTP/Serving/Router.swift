package import HTTPTypes

/// Finds the handler of a request by its method and path.
package struct Router: Sendable {
    /// How a route is asked for, and who may.
    package struct Entry: Sendable {
        package let method: HTTPRequest.Method
        /// A path whose segments may be `{name}`; literal segments win over those.
        package let pattern: String
        package let access: Access

        /// - Parameter access: as the method has it, where nothing is said.
        package init(_ method: HTTPRequest.Method, _ pattern: String, access: Access? = nil) {
            self.method = method
            self.pattern = pattern
            self.access = access ?? Access(of: method)
        }
    }

    private struct Route: Sendable {
        var pattern: String
        var segments: [Segment]
        var handlers: [MethodHandler]

        var hasParameters: Bool

        var methods: [HTTPRequest.Method] { handlers.map(\.method) }

        /// HEAD is answered wherever GET is.
        func handler(of method: HTTPRequest.Method) -> MethodHandler? {
            handlers.first(where: { $0.method == method })
                ?? (method == .head ? handlers.first(where: { $0.method == .get }) : nil)
        }
    }

    /// A struct, because Swift calls a function in a tuple or an array through a thunk.
    private struct MethodHandler: Sendable {
        let method: HTTPRequest.Method
        let access: Access
        let handler: Handler
    }

    private enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    /// Checks a request before its route runs.
    package struct Guard: Sendable {
        let check: @Sendable (Request, Access) -> Response?

        /// - Parameter check: answers the request instead of its route, or returns `nil` to let it pass; is told what the
        ///   request takes.
        package init(_ check: @escaping @Sendable (Request, Access) -> Response?) { self.check = check }

        package init(_ check: @escaping @Sendable (Request) -> Response?) {
            self.check = { request, _ in check(request) }
        }
    }

    /// Answers requests without a route; `allowed` holds the methods that the path has, if any.
    package typealias Fallback = @Sendable (Request, _ allowed: [HTTPRequest.Method]) -> Response

    private var routes: [Route] = []
    private let guards: [Guard]
    private let fallback: Fallback

    /// - Parameter guards: called in this order, before any route.
    package init(guards: [Guard] = [], fallback: @escaping Fallback) {
        self.guards = guards
        self.fallback = fallback
    }

    /// Adds a route.
    package mutating func on(
        _ method: HTTPRequest.Method, _ pattern: String, access: Access? = nil, _ handler: @escaping Handler
    ) {
        on(Entry(method, pattern, access: access), handler)
    }

    package mutating func on(_ entry: Entry, _ handler: @escaping Handler) {
        let (method, pattern) = (entry.method, entry.pattern)
        let added = MethodHandler(method: method, access: entry.access, handler: handler)
        let segments = pattern.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? Segment.parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
        if let index = routes.firstIndex(where: { $0.pattern == pattern }) {
            precondition(!routes[index].methods.contains(method), "two handlers of \(method) \(pattern)")
            routes[index].handlers.append(added)
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
        let hasParameters = segments.contains { if case .parameter = $0 { true } else { false } }
        routes.append(Route(pattern: pattern, segments: segments, handlers: [added], hasParameters: hasParameters))
        // Routes with literals come before routes with parameters in the same place.
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

    /// All routes.
    package var contents: [Entry] {
        routes.flatMap { route in
            route.handlers.map { Entry($0.method, route.pattern, access: $0.access) }
                .sorted { $0.method.rawValue < $1.method.rawValue }
        }
    }

    /// A guard's answer instead of the route's; also called before a body is read, which then need not be.
    func refusal(of request: Request) -> Response? { refusal(of: request, for: find(request.segments)) }

    private func refusal(of request: Request, for route: Route?) -> Response? {
        guard !guards.isEmpty else { return nil }
        let access = access(of: request.method, to: route)
        for guarding in guards { if let answer = guarding.check(request, access) { return answer } }
        return nil
    }

    /// What is not known to be reading is not.
    private func access(of method: HTTPRequest.Method, to route: Route?) -> Access {
        guard let route else { return Access(of: method) }
        return route.handler(of: method)?.access ?? Access(of: method, beside: route.handlers.map(\.access))
    }

    func pattern(of request: Request) -> String? { find(request.segments)?.pattern }

    /// The answer to a request without a route; `nil` where there is one.
    func fallback(of request: Request) -> Response? {
        guard let found = find(request.segments) else { return request.isForServer ? nil : fallback(request, []) }
        guard found.handler(of: request.method) == nil, request.method != .options else { return nil }
        return fallback(request, Self.allowed(Set(found.methods)))
    }

    /// - Returns: the reply and the pattern of its route, which logs show instead of the path.
    package func handle(_ request: Request) -> (reply: Reply, route: String?) {
        let found = find(request.segments)
        if let answer = refusal(of: request, for: found) { return (.now(answer), found?.pattern) }
        guard let found else {
            guard request.isForServer else { return (.now(fallback(request, [])), nil) }
            return (.now(Self.options(Set(routes.flatMap(\.methods)))), "*")
        }
        guard let handler = found.handler(of: request.method)?.handler else {
            guard request.method == .options else {
                return (.now(fallback(request, Self.allowed(Set(found.methods)))), found.pattern)
            }
            return (.now(Self.options(Set(found.methods))), found.pattern)
        }
        guard found.hasParameters else { return (handler(request), found.pattern) }
        var request = request
        request.parameters = parameters(of: found, in: request.segments)
        return (handler(request), found.pattern)
    }

    private static func allowed(_ methods: Set<HTTPRequest.Method>) -> [HTTPRequest.Method] {
        methods.union(methods.contains(.get) ? [.head, .options] : [.options]).sorted { $0.rawValue < $1.rawValue }
    }

    private static func options(_ methods: Set<HTTPRequest.Method>) -> Response {
        Response(
            status: .noContent, fields: [.allow: allowed(methods).map(\.rawValue).joined(separator: ", ")])
    }

    private func find(_ segments: [String]) -> Route? {
        routes.first { route in
            route.segments.count == segments.count
                && zip(route.segments, segments).allSatisfy { segment, part in
                    if case .literal(let literal) = segment { literal == part } else { true }
                }
        }
    }

    private func parameters(of route: Route, in segments: [String]) -> [String: String] {
        var parameters: [String: String] = [:]
        for (segment, part) in zip(route.segments, segments) {
            if case .parameter(let name) = segment { parameters[name] = part }
        }
        return parameters
    }
}
