import Foundation
import Logging
import Service
import TestSupport
import Testing

/// The document and the route table are one thing told twice.
@Suite struct OpenAPITests {
    private typealias Object = [String: Any]

    private func document() throws -> Object {
        try #require(try JSONSerialization.jsonObject(with: Data(OpenAPI.document.utf8)) as? Object)
    }

    @Test func everyRouteIsDescribedAndNothingElse() async throws {
        let folder = TemporaryFolder()
        let settings = try await Settings.load(flags: ["data_dir": folder.path], environment: [:])
        let service = try GANService(
            settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let served = Set(service.routes.map { "\($0.method) \($0.path)" })
        #expect(served == Set(OpenAPI.routes.map { "\($0.method) \($0.path)" }))
        let paths = try #require(try document()["paths"] as? [String: Object])
        let written = paths.flatMap { path, item in item.keys.map { "\($0.uppercased()) \(path)" } }
        #expect(served == Set(written) && written.count == served.count)
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let document = try document()
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

    @Test func everyOperationTellsItsProblems() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: Object]])
        var names: Set<String> = []
        for (path, item) in paths {
            for (method, operation) in item {
                let answers = try #require(operation["responses"] as? [String: Object])
                let isPublic = (operation["security"] as? [Any])?.isEmpty == true
                #expect(isPublic == (answers["401"] == nil), "\(method) \(path)")
                #expect(answers["500"] != nil && answers.keys.contains { $0.hasPrefix("2") })
                #expect(names.insert(operation["operationId"] as? String ?? "").inserted)
                for (status, answer) in answers where status >= "400" {
                    #expect((answer["content"] as? Object)?.keys.sorted() == ["application/problem+json"])
                }
            }
        }
    }
}
