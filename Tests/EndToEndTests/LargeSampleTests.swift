import Foundation
import HTTP
import TestSupport
import Testing

/// Samples that are made and sent in many pieces, several at a time.
@Suite(.serialized) struct LargeSampleTests {
    @Test func piecesAddUpInOrder() throws {
        let directory = TemporaryFolder()
        let server = try RunningServer(dataDirectory: directory.path)
        #expect(try server.json("POST", "/train?steps=0&wait=60")["status"] as? String == "succeeded")
        let count = 100_003
        let answer = try server.json("GET", "/sample?n=\(count)&seed=2&scores=true")
        let values = try #require(answer["data"] as? [Double])
        let scores = try #require(answer["scores"] as? [Double])
        #expect(values.count == count && scores.count == count)
        // Any one row is the same on its own, and so is its score.
        let few = try server.json("GET", "/sample?n=20000&seed=2&scores=true")
        #expect(few["data"] as? [Double] == Array(values.prefix(20_000)))
        #expect(few["scores"] as? [Double] == Array(scores.prefix(20_000)))
        for format in ["csv", "ndjson"] {
            let body = try server.send("GET", "/sample?n=\(count)&seed=2&format=\(format)").body
            let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").dropFirst(format == "csv" ? 1 : 0)
            #expect(lines.compactMap(Double.init) == values)
        }
        #expect(server.terminate() == 0)
    }
}
