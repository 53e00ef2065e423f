import Foundation
import HTTP
import TestSupport
import Testing

/// Limits that hold before anything is made of a body, through the built binary.
@Suite struct LimitsTests {
    private static let numbers = Array("[0\(String(repeating: ",0", count: 999_999))]".utf8)

    private func server(_ folder: TemporaryFolder, _ environment: [String: String]) throws -> RunningServer {
        let server = try RunningServer(dataDirectory: folder.path, environment: environment)
        #expect(try server.json("POST", "/train?steps=5&wait=60")["status"] as? String == "succeeded")
        return server
    }

    private func code(_ answer: OneShot.Answer) throws -> String? {
        try (JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])?["code"] as? String
    }

    @Test func rowsAreCountedInEveryFormat() throws {
        let folder = TemporaryFolder()
        let server = try server(folder, ["GAND_MAX_ROWS": "1000"])
        let bodies = [
            "[\(Array(repeating: "0", count: 1001).joined(separator: ","))]",
            "[\(Array(repeating: "[0]", count: 1001).joined(separator: ","))]",
            "{\"data\":[\(Array(repeating: "[\"x\"]", count: 1001).joined(separator: ","))]}",
            Array(repeating: "[0]", count: 1001).joined(separator: "\n"),
            Array(repeating: "0", count: 1001).joined(separator: "\n") + "\n",
        ]
        for body in bodies {
            for path in ["/score", "/train?model=other"] {
                let answer = try OneShot.send("POST", path, to: server.address, body: Array(body.utf8))
                #expect(answer.status == 422)
                #expect(try code(answer) == "invalid_data")
            }
        }
        let fits = try OneShot.send("POST", "/score", to: server.address, body: Array("0\n".utf8) + Array("1\n".utf8))
        #expect(fits.status == 200)
    }

    /// Whatever is not rows is parsed at once, and so it may not be long.
    @Test func listsOfConditionsAreShort() throws {
        let folder = TemporaryFolder()
        let server = try server(folder, [:])
        let list = Array("{\"where\":{\"x\":[\(String(repeating: "0,", count: 3_000_000))0]}}".utf8)
        let answer = try OneShot.send("POST", "/sample", to: server.address, body: list)
        #expect(answer.status == 413)
        let short = try OneShot.send(
            "POST", "/sample", to: server.address, body: Array("{\"where\":{\"x\":[0]}}".utf8))
        #expect(short.status == 422)
    }

    /// An answer that waits to be read holds its rows, and with them its share of the memory.
    @Test func whoComesWhileOthersAreReadIsToldToComeAgain() throws {
        let folder = TemporaryFolder()
        let server = try server(folder, ["GAND_MAX_PARSING_BYTES": String(64 << 20)])
        func score() throws -> OneShot.Answer {
            try OneShot.send("POST", "/score", to: server.address, body: Self.numbers)
        }
        #expect(try score().status == 200)
        do {
            var held = try Exchange(
                "POST", "/score?detail=true", to: Origin(server.address), content: Exchange.Content(Self.numbers),
                trust: .anyone)
            #expect(held.status == 200)
            let other = try score()
            #expect(other.status == 503 && other.fields["retry-after"] == "1")
            #expect(try code(other) == "overloaded")
            // Small bodies have room whatever others have.
            let small = try OneShot.send("POST", "/score", to: server.address, body: Array("[1,2]".utf8))
            #expect(small.status == 200)
            // And it was held for a whole answer.
            let rest = String(decoding: try held.rest(), as: UTF8.self)
            #expect(rest.hasSuffix("]}\n") && rest.contains("\"misfits\":[null"))
        }
        #expect(try score().status == 200)
    }

    @Test func whatNeverFitsIsRefusedForGood() throws {
        let folder = TemporaryFolder()
        let server = try server(folder, ["GAND_MAX_PARSING_BYTES": String(1 << 20)])
        let answer = try OneShot.send("POST", "/score", to: server.address, body: Self.numbers)
        #expect(answer.status == 413)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("max_parsing_bytes"))
    }
}
