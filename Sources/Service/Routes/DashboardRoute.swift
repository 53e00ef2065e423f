import Dashboard
import Formats
import HTTP
import HTTPTypes
import Models

/// `GET /`: the dashboard for browsers, an index for others.
struct DashboardRoute: Sendable {
    private let index: Response
    private let page: Response
    private let tag: String

    /// - Parameter index: what programs are answered.
    init(index: Response) {
        tag = "\"\(Digest.sha256(Array(Dashboard.page.utf8)).prefix(16))\""
        var fields = Self.protection
        fields[.contentType] = "text/html; charset=utf-8"
        fields[.eTag] = tag
        fields[.cacheControl] = "no-cache"
        fields[.vary] = "Accept"
        page = Response(status: .ok, fields: fields, body: .bytes(Array(Dashboard.page.utf8)))
        var index = index
        index.fields[.vary] = "Accept"
        self.index = index
    }

    func handle(_ request: Request) -> Response {
        guard Self.wantsPage(request.fields[.accept]) else { return index }
        guard request.ifNoneMatch(tag) else { return page }
        return Response(status: .notModified, fields: page.fields)
    }

    /// Whether HTML is asked for by name and not less than JSON: as browsers ask, and programs do not.
    static func wantsPage(_ accept: String?) -> Bool {
        let qualities = Dictionary(
            AcceptedRange.all(in: accept ?? "").map { ($0.name, $0.quality) }, uniquingKeysWith: { $1 })
        let html = qualities["text/html"] ?? 0
        return html > 0 && html >= qualities[Format.json.mediaType] ?? 0
    }

    /// Nothing runs, is shown or is asked but what the page itself holds and this server answers.
    private static let protection: HTTPFields = {
        var fields: HTTPFields = [.xContentTypeOptions: "nosniff"]
        fields[.contentSecurityPolicy] = [
            "default-src 'none'", "script-src '\(PageProtection.hash(Dashboard.script))'",
            "style-src '\(PageProtection.hash(Dashboard.style))'",
            "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ].joined(separator: "; ")
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()
}
