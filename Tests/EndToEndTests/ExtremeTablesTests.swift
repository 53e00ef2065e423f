import Client
import Formats
import Foundation
import HTTP
import TestSupport
import Testing

/// Tables of extremes through the built binary, from their training to a copy of the model: each is refused where it is
/// wrong, or learned, and then the model takes back whatever it gives.
@Suite struct ExtremeTablesTests {
    private static let parts: UInt64 = 4

    /// Two hundred tables; FIRST_EXTREME_SEED begins with others, for whoever looks for faults.
    private static var seeds: Range<UInt64> {
        let first = ProcessInfo.processInfo.environment["FIRST_EXTREME_SEED"].flatMap(UInt64.init) ?? 1
        return first..<first + 200
    }

    @Test(arguments: 0..<parts) func eachIsRefusedOrLearned(_ part: UInt64) throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        var learned = 0
        for seed in Self.seeds where seed % Self.parts == part {
            do {
                let run = ExtremeTableRun(table: ExtremeTable(seed: seed), seed: seed, server: server)
                learned += try run.run() ? 1 : 0
            } catch {
                Issue.record(error, "seed \(seed)")
                guard try server.send("GET", "/livez").status == 200 else { return }
            }
        }
        // Most of them are no tables to refuse.
        #expect(learned >= 25)
    }
}

/// What is done with one table.
private struct ExtremeTableRun {
    let table: ExtremeTable
    let seed: UInt64
    let server: RunningServer

    private static let rows = 30

    private var model: String { "m\(seed)" }

    /// - Returns: whether the table was learned.
    func run() throws -> Bool {
        guard let count = try learn() else { return false }
        try score(table.body, as: table.format.rawValue, count: count)
        let json = try sample("json")
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        #expect((answer["data"] as? [Any])?.count == Self.rows, "seed \(seed)")
        let scores = try score(json, as: "application/json")
        var written = [("csv", "text/csv"), ("ndjson", "application/x-ndjson")]
        if try server.send("GET", "/sample?model=\(model)&format=npy").status == 200 {
            written.append(("npy", "application/x-npy"))
        }
        for (format, type) in written {
            let others = try score(try sample(format), as: type)
            #expect(zip(scores, others).allSatisfy { abs($0 - $1) < 1e-5 }, "seed \(seed), \(format)")
        }
        try draw(json)
        try report()
        try copy()
        return true
    }

    /// - Returns: how many rows were learned from; `nil` where the table was refused.
    private func learn() throws -> Int? {
        let isOneNumber =
            table.names.count == 1 && table.rows.allSatisfy { if case .number = $0[0] { true } else { false } }
        let family = isOneNumber && seed % 7 == 0 ? "linear" : isOneNumber && seed % 11 == 0 ? "uniform" : nil
        let small = "&latent_dim=4&generator_layers=4&discriminator_layers=4"
        let answer = try server.send(
            "POST",
            "/train?model=\(model)&seed=1&steps=3&batch_size=20&wait=60" + (family.map { "&family=\($0)" } ?? small),
            table.body, as: table.format.rawValue)
        let told = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        guard answer.status < 300 else {
            #expect(400..<500 ~= answer.status, "seed \(seed)")
            let place = (told["errors"] as? [[String: Any]])?.first?["pointer"] as? String ?? ""
            let detail = told["detail"] as? String ?? ""
            #expect(!place.isEmpty || detail.hasPrefix("line "), "seed \(seed): \(told)")
            guard table.hasInfinity else { return nil }
            #expect(place.hasPrefix("row:") || detail.hasPrefix("line "), "seed \(seed): \(told)")
            return nil
        }
        #expect(!table.hasInfinity, "seed \(seed)")
        if family == "linear", (told["error"] as? [String: Any])?["code"] as? String == "diverged" { return nil }
        try #require(told["status"] as? String == "succeeded", "seed \(seed): \(told)")
        return told["rows"] as? Int
    }

    private func sample(_ format: String) throws -> [UInt8] {
        let answer = try server.send("GET", "/sample?model=\(model)&n=\(Self.rows)&seed=1&format=\(format)")
        try #require(answer.status == 200, "seed \(seed), \(format)")
        return answer.body
    }

    @discardableResult
    private func score(_ body: [UInt8], as type: String, count: Int = rows) throws -> [Double] {
        let answer = try server.send("POST", "/score?model=\(model)", body, as: type)
        try #require(
            answer.status == 200, "seed \(seed), \(type): \(String(decoding: answer.body.prefix(400), as: UTF8.self))")
        let told = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let scores = try #require(told?["scores"] as? [Double], "seed \(seed), \(type): a score is no number")
        #expect(scores.count == count && scores.allSatisfy { 0...1 ~= $0 }, "seed \(seed), \(type)")
        return scores
    }

    private func draw(_ json: [UInt8]) throws {
        let table = try Table(json: try #require(JSONDocument(json).root["data"]), at: "/data")
        for name in table.names {
            #expect(try Plot.text(of: table, columns: [name], width: 60).utf8.contains(UInt8(ascii: ":")))
        }
        let numbers = table.columns.filter { $0.texts == nil }.map(\.name)
        guard numbers.count > 1 else { return }
        #expect(try Plot.text(of: table, columns: Array(numbers.prefix(2)), width: 60).contains("points"))
    }

    private func report() throws {
        let report = try server.send("GET", "/models/\(model)/report")
        guard report.status == 200 else { return #expect(report.status == 404, "seed \(seed)") }
        #expect(try JSONSerialization.jsonObject(with: Data(report.body)) is [String: Any], "seed \(seed)")
        let page = try server.send("GET", "/models/\(model)/report", as: "text/plain", accept: "text/html")
        #expect(page.status == 200 && page.body.starts(with: "<!".utf8), "seed \(seed)")
    }

    private func copy() throws {
        let weights = try server.send("GET", "/models/\(model)/weights")
        #expect(weights.status == 200, "seed \(seed)")
        let answer = try server.send(
            "PUT", "/models/\(model)-copy/weights", weights.body, as: "application/x-safetensors")
        try #require(
            200..<300 ~= answer.status, "seed \(seed): \(String(decoding: answer.body.prefix(400), as: UTF8.self))")
        let rows = try server.send("GET", "/sample?model=\(model)-copy&n=\(Self.rows)&seed=1&format=csv")
        #expect(try rows.body == sample("csv"), "seed \(seed)")
    }
}
