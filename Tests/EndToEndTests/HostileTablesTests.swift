import Foundation
import HTTP
import TestSupport
import Testing

/// Tables that are none, through the built binary: each is refused at a place, or read in a way that is told.
@Suite struct HostileTablesTests {
    private struct Case {
        let name: String
        let body: [UInt8]
        let code: String
        let pointer: String

        init(_ name: String, _ text: String, _ code: String, _ pointer: String) {
            self.init(name, bytes: Array(text.utf8), code, pointer)
        }

        init(_ name: String, bytes: [UInt8], _ code: String, _ pointer: String) {
            self.name = name
            body = bytes
            self.code = code
            self.pointer = pointer
        }
    }

    private static let numbers = (1...30).map(String.init).joined(separator: "\n")
    private static let days = (1...28).map { "2024-02-\($0 < 10 ? "0" : "")\($0)" }.joined(separator: "\n")
    private static let names = (1...1_000_000).map { "c\($0)" }

    private static func utf16(_ text: String, _ mark: [UInt8]) -> [UInt8] {
        mark + text.utf8.flatMap { mark.first == 0xFE ? [0, $0] : [$0, 0] }
    }

    private static let cases = [
        Case("a row too short", "a,b\n1,2\n3\n", "invalid_csv", "row:2"),
        Case("a row too long", "a,b\n1,2\n3,4,5\n", "invalid_csv", "row:2"),
        Case("an empty line", "a,b\n1,2\n\n3,4\n", "invalid_csv", "row:2"),
        Case("an array too short", "[[1,2],[3]]", "invalid_data", "/1"),
        Case("a record without a key", #"[{"a":1,"b":2},{"a":1}]"#, "invalid_data", "/1/b"),
        Case("a quote that is not closed", "a,b\n1,\"x\n2,y\n", "invalid_csv", "row:1/column:b"),
        Case("a quote inside a field", "a,b\n1,x\"y\n", "invalid_csv", "row:1/column:b"),
        Case("text behind a quote", "a,b\n1,\"x\"y\n", "invalid_csv", "row:1/column:b"),
        Case("a quote in the header that is not closed", "a,\"b\n1,2\n", "invalid_csv", "header/column:2"),
        Case("a NUL byte", "a,b\n1,x\n2,y\0\n", "invalid_csv", "row:2/column:b"),
        Case("a NUL byte in the header", "a,b\0\n1,2\n", "invalid_csv", "header/column:2"),
        Case(
            "bytes that are not UTF-8", bytes: Array("a,b\n1,".utf8) + [0xC3, 0x28, 0x0A], "invalid_csv",
            "row:1/column:b"),
        Case("a text among numbers", "n\n\(numbers)\nx\n", "invalid_data", "row:31/column:n"),
        Case("an infinity", "n\n1\n-inf\n", "invalid_data", "row:2/column:n"),
        Case("a number beyond all doubles", "n\n1\n1e999\n", "invalid_data", "row:2/column:n"),
        Case("decimal commas", "a;b\n1,5;2\n2,5;3\n", "invalid_data", "row:1/column:a"),
        Case("a string among JSON's numbers", #"[{"a":1},{"a":"x"}]"#, "invalid_data", "/1/a"),
        Case("an object in a record", #"[{"a":{"b":1}}]"#, "invalid_data", "/0/a"),
        Case("a name that is there twice", "a,b,a\n1,2,3\n", "invalid_data", "header/column:3"),
        Case("a name that is empty", "a,,c\n1,2,3\n", "invalid_data", "header/column:2"),
        Case("a key that is there twice", #"[{"a":1,"a":2}]"#, "invalid_json", "/0/a"),
        Case("a million columns", names.joined(separator: ",") + "\n1\n", "invalid_data", "header"),
        Case(
            "a million keys", "[{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}]", "invalid_data", "/0"),
        Case("nothing but gaps", "a,b\n,\n,\n", "invalid_data", "/data"),
        Case("a header alone", "a,b\n", "invalid_data", ""),
        Case("a date that is none", "day\n\(days)\n2024-02-30\n", "invalid_data", "row:29/column:day"),
        Case("UTF-16", bytes: utf16("a,b\n1,2\n", [0xFF, 0xFE]), "invalid_csv", ""),
        Case("UTF-16, the other way round", bytes: utf16("a,b\n1,2\n", [0xFE, 0xFF]), "invalid_csv", ""),
        Case("UTF-16 without a mark", bytes: utf16("a,b\n1,2\n", []), "invalid_csv", "header/column:1"),
        Case("JSON that ends too soon", "[[1,2],[3", "invalid_json", ""),
    ]

    @Test func eachIsRefusedAtItsPlace() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        for item in Self.cases {
            let answer = try OneShot.send(
                "POST", "/train?dry_run=true", to: server.address, body: item.body, timeout: 60)
            let problem = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] ?? [:]
            // What is not even of its format is a 400, what is no table a 422.
            #expect(answer.status == (item.code == "invalid_data" ? 422 : 400), "\(item.name)")
            #expect(problem["code"] as? String == item.code, "\(item.name)")
            let pointer = (problem["errors"] as? [[String: Any]])?.first?["pointer"] as? String ?? ""
            #expect(pointer == item.pointer, "\(item.name)")
        }
    }

    /// What would take more memory than there is is refused with its estimate; a dry run tells it.
    @Test func whatIsTooLargeIsRefused() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(
            dataDirectory: folder.path, environment: ["GAND_MAX_TRAINING_BYTES": "20000000"])
        let table = "n,kind\n" + (0..<2000).map { "\($0 % 70),k\($0 % 150)" }.joined(separator: "\n") + "\n"
        let plan = try server.json("POST", "/train?dry_run=true", table)
        let estimate = try #require(plan["estimated_memory_bytes"] as? Int)
        #expect(estimate > 20_000_000)
        let problem = try server.json("POST", "/train", table)
        #expect(problem["code"] as? String == "memory_estimate_exceeded")
        #expect((problem["detail"] as? String)?.contains("\(estimate)") == true)
        let small = "batch_size=16&generator_layers=16&discriminator_layers=16&steps=0"
        #expect(try server.send("POST", "/train?\(small)", table).status == 202)
    }

    /// Odd tables that are read, with a warning.
    @Test func whatIsOddIsTold() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let lines = (0..<40).map { "\($0 % 7),,\($0 % 3 == 0 ? "yes" : "no"),\($0 < 20 ? "\($0)" : "t\($0 % 2)")" }
        let table = "n,nothing,well,mixed\n" + lines.joined(separator: "\n") + "\n"
        let options = "steps=20&batch_size=32&latent_dim=8&generator_layers=16&discriminator_layers=16&seed=1"
        let job = try server.json("POST", "/train?wait=60&\(options)", table)
        #expect(job["status"] as? String == "succeeded")
        let warnings = try #require(job["warnings"] as? [String])
        #expect(warnings.contains("column nothing has no values: it is left empty"))
        #expect(warnings.contains { $0.contains("column mixed has 20 texts of fewer than 5 rows") })
        let rows = try #require(try server.json("GET", "/sample?n=500&seed=1")["data"] as? [[String: Any]])
        #expect(rows.allSatisfy { $0["nothing"] is NSNull && ["t0", "t1"].contains($0["mixed"] as? String) })
        #expect(try server.send("POST", "/score", table).status == 200)
        // Said to be texts, what is no date is one.
        let days = (1...30).map { "2024-02-\($0 < 10 ? "0" : "")\($0),\($0 % 2)" }.joined(separator: "\n")
        let plan = try server.json("POST", "/train?dry_run=true&types=t:category", "t,n\n\(days)\n")
        #expect(plan["rows"] as? Int == 30)
    }
}
