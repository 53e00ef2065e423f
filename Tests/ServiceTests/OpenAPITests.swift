import Foundation
import HTTP
import HTTPTypes
import Logging
import Service
import TestSupport
import Testing

/// The document and the route table are one thing told twice.
@Suite struct OpenAPITests {
    private typealias Object = [String: Any]

    private let folder = TemporaryFolder()

    private func routes() async throws -> [Router.Entry] {
        let settings = try await Settings.load(flags: [.dataDir: folder.path], environment: [:])
        return try GANService(
            settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).routes
    }

    private func document() async throws -> Object {
        let text = try await OpenAPI(of: routes()).document
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    }

    @Test func everyRouteIsDescribedAndNothingElse() async throws {
        let routes = try await routes()
        let served = Set(routes.map { "\($0.method) \($0.pattern)" })
        #expect(served == Set(OpenAPI.described.map { "\($0.method) \($0.path)" }))
        let paths = try #require(try await document()["paths"] as? [String: Object])
        let written = paths.flatMap { path, item in item.keys.map { "\($0.uppercased()) \(path)" } }
        #expect(served == Set(written) && written.count == served.count)
    }

    @Test func everyReferenceLeadsSomewhere() async throws {
        let document = try await document()
        let components = try #require(document["components"] as? [String: Object])
        func references(_ value: Any) -> [String] {
            switch value {
            case let object as Object:
                object.flatMap { key, value in key == "$ref" ? [value as? String ?? ""] : references(value) }
            case let array as [Any]: array.flatMap(references)
            default: []
            }
        }
        for reference in Set(references(document)) {
            let parts = reference.split(separator: "/").map(String.init)
            #expect(parts.count == 4 && components[parts[2]]?[parts[3]] != nil, "\(reference)")
        }
        #expect(document["openapi"] as? String == "3.1.0")
    }

    @Test func everyOperationTellsItsProblems() async throws {
        let routes = try await routes()
        let paths = try #require(try await document()["paths"] as? [String: [String: Object]])
        var names: Set<String> = []
        for (path, item) in paths {
            for (method, operation) in item {
                let answers = try #require(operation["responses"] as? [String: Object])
                let isPublic = (operation["security"] as? [Any])?.isEmpty == true
                #expect(isPublic == (answers["401"] == nil), "\(method) \(path)")
                let route = routes.first { $0.method.rawValue.lowercased() == method && $0.pattern == path }
                let forbidden = answers["403"]?["description"] as? String ?? ""
                #expect(route?.access.isPublic == isPublic)
                #expect(route?.access.changes == forbidden.contains("read_only"), "\(method) \(path)")
                #expect(answers["500"] != nil && answers.keys.contains { $0.hasPrefix("2") })
                #expect(names.insert(operation["operationId"] as? String ?? "").inserted)
                for (status, answer) in answers where status >= "400" {
                    #expect((answer["content"] as? Object)?.keys.sorted() == ["application/problem+json"])
                }
            }
        }
    }
}
