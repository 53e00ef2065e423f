import Dashboard
import GAN
import HTTP
import HTTPTypes
import Models

/// `GET /models/{name}/report`: how good a version's samples are, as JSON or as a page to read.
struct ReportRoute: Sendable {
    let store: Store
    let catalog: Catalog
    let queues: WorkQueues

    private static let protection = [
        "default-src 'none'", "style-src '\(PageProtection.hash(Dashboard.reportStyle))'", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    func get(_ request: Request) async throws -> Response {
        let parameters = try Parameters(query: request.query, body: nil, scalars: ["version"])
        let reference = try ModelReference(request.parameters["name"])
        let number = try parameters.version ?? reference.version
        let (version, report) = try await queues.run(.long, for: request.remoteAddress) { [store, catalog] _ in
            let version = try store.version(model: reference.name, number: number)
            return (version, try catalog.report(of: version))
        }
        guard let report else {
            throw Problem(
                404, "report_not_found", "the version has no report",
                hint: "a training that ends by itself makes one, of 20 rows and 128 columns at the most")
        }
        let isPage = DashboardRoute.wantsPage(request.fields[.accept])
        let tag = "\"\(version.sha256.prefix(16))-\(isPage ? "page" : "json")\""
        var fields: HTTPFields = [
            .eTag: tag, .vary: "Accept", .cacheControl: "no-cache", .model: version.model,
            .version: String(version.number),
        ]
        guard !request.ifNoneMatch(tag) else { return Response(status: .notModified, fields: fields) }
        guard isPage else {
            return jsonResponse(fields: fields) { writer in
                report.write(to: &writer, model: version.model, version: version.number)
            }
        }
        fields[.contentType] = "text/html; charset=utf-8"
        fields[.xContentTypeOptions] = "nosniff"
        fields[.contentSecurityPolicy] = Self.protection
        let page = ReportPage.html(report, model: "\(version.model)@\(version.number)")
        return Response(status: .ok, fields: fields, body: .bytes(Array(page.utf8)))
    }
}
