import Foundation
import HTTP
import Service
import TestSupport
import Testing

/// The verbs that ask a server.
@Suite(.serialized) struct CommandLineTests {
    private let folder = TemporaryFolder()
    private let server: RunningServer

    init() throws {
        server = try RunningServer(dataDirectory: folder.path)
    }

    private func gand(_ arguments: String..., input: String = "") throws -> CommandLine {
        try CommandLine(arguments, input: input, environment: ["GAND_URL": "http://\(server.address)"])
    }

    @Test func aFileIsLearnedAndSampledAndScored() throws {
        let rows = "a,b\n" + (0..<200).map { "\($0 % 17),\($0 % 5)" }.joined(separator: "\n") + "\n"
        let trained = try gand(
            "train", "-", "-m", "mine", "--steps", "50", "--seed", "1", "--tag", "team=blue", "--option",
            "generator_layers=16,16", input: rows)
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output == "mine@1\n")
        let sample = try gand("sample", "-n", "5", "-m", "mine", "--seed", "2", "--scores")
        #expect(sample.status == 0)
        #expect(sample.output.split(separator: "\n").count == 6)
        #expect(sample.output.hasPrefix("a,b,score\n"))
        let same = try gand("sample", "-n", "5", "-m", "mine@1", "--seed", "2", "--scores")
        #expect(same.output == sample.output)
        let file = folder.path + "/sample.ndjson"
        #expect(try gand("sample", "-n", "3", "-m", "mine", "-o", file).output.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("{\"a\":"))
        let scores = try gand("score", file, "-m", "mine", "--detail")
        #expect(scores.output.hasPrefix("a,b,score,logit"))
        #expect(try gand("score", "-", "-m", "mine", "--format", "json", input: rows).output.contains("\"n\":200"))
        #expect(try gand("sample", "-m", "mine", "-n", "500", "--plot", "a").output.hasPrefix("a: 500 values"))
        #expect(try gand("sample", "-m", "mine", "-n", "500", "--plot", "a,b").output.hasPrefix("b over a: 500 points"))
        #expect(try gand("jobs").output.contains("mine@1"))
        #expect(try gand("jobs", "show").output.contains("\"blue\""))
        #expect(try gand("models").output.contains("mine"))
    }

    @Test func aJobIsLeftFollowedCanceledAndResumed() throws {
        let id = try gand("train", "--detach", "--steps", "10000000").output.split(separator: "\n").joined()
        #expect(try gand("train", "--detach").status == 1)
        let canceled = try gand("jobs", "cancel", id)
        #expect(canceled.status == 0 && canceled.errors.contains(id))
        let watched = try gand("jobs", "watch", id)
        #expect(watched.status == 1 && watched.errors.contains("canceled"))
        #expect(try gand("jobs", "list", "--status", "canceled").output.contains(id))
    }

    @Test func failuresSayWhatToDo() throws {
        #expect(try gand("sample", "-m", "nobody").status == 1)
        let wrong = try gand("sample", "-m", "NOBODY")
        #expect(wrong.status == 65 && wrong.errors.contains("a model's name has"))
        let row = try gand("train", "-", input: "a,b\n1,2\n3\n")
        #expect(row.status == 65 && row.errors.contains("row 2"))
        #expect(try gand("train", "/nowhere.csv").status == 74)
        #expect(try gand("sample", "-o", "/nowhere/file").status == 1)
        #expect(try gand("sample", "--plot", "x", "-o", "file").status == 64)
        #expect(try gand("sample", "--where", "city").status == 64)
        #expect(try CommandLine(["jobs", "--url", "http://127.0.0.1:1"]).status == 69)
        #expect(try CommandLine(["jobs", "--url", "ftp://here"]).status == 78)
        #expect(try CommandLine(["jobs"], environment: ["GAND_API_KEY": ""]).status == 78)
    }

    @Test func longRowsGoThroughInPieces() throws {
        #expect(try gand("train", "--steps", "0").output == "default@1\n")
        let file = folder.path + "/many.csv"
        #expect(try gand("sample", "-n", "300000", "-o", file).status == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 300_001)
        let scored = folder.path + "/scored.csv"
        #expect(try gand("score", file, "-o", scored).status == 0)
        #expect(try String(contentsOfFile: scored, encoding: .utf8).utf8.count { $0 == UInt8(ascii: "\n") } == 300_001)
    }

    @Test func keysComeFromTheEnvironment() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(
            dataDirectory: folder.path, environment: ["GAND_API_KEYS": "admin:secret,read:eyes"])
        func gand(_ key: String?, _ arguments: String...) throws -> CommandLine {
            var environment = ["GAND_URL": "http://\(server.address)"]
            environment["GAND_API_KEY"] = key
            return try CommandLine(arguments, environment: environment)
        }
        let none = try gand(nil, "jobs")
        #expect(none.status == 77 && none.errors.contains("put a key into GAND_API_KEY"))
        #expect(try gand("wrong", "jobs").status == 77)
        #expect(try gand("eyes", "jobs").status == 0)
        #expect(try gand("eyes", "train", "--steps", "0").status == 77)
        #expect(try gand("secret", "train", "--steps", "0").output == "default@1\n")
    }

    @Test func theVersionIsToldAndShellsCompleteTheVerbs() throws {
        #expect(try CommandLine(["--version"]).output == CommandLine(["version"]).output)
        let script = try CommandLine(["--generate-completion-script", "bash"]).output
        #expect(["train", "rollback", "--max-seconds"].allSatisfy(script.contains))
    }

    @Test func everySettingThatHasAFlagCanBeGiven() throws {
        let help = try CommandLine(["help", "serve"]).output
        let told = Set(help.matches(of: /--[a-z-]+/).map { String($0.output) })
        let settings = Setting.allCases.compactMap(\.flag).map { "--\($0)" }
        #expect(told == Set(settings).union(["--config", "--demo", "--help", "--version"]))
    }
}
