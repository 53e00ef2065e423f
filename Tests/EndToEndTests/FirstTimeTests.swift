import Foundation
import TestSupport
import Testing

/// The script of a new user, and the README that shows the same lines.
struct FirstTimeTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let script = root.appendingPathComponent("Tests/Acceptance/first_time.sh")

    @Test func aNewUsersScriptDoesWhatItSays() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let run = try CommandLine(
            [], executable: Self.script, environment: ["GAND_URL": "http://\(server.address)"])
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "people@1" && lines.contains("people@2"))
        #expect(lines.contains { $0.hasPrefix("height: 1000 values") })
        #expect(lines.contains { $0.hasPrefix("people  @1") } && lines.contains { $0.hasPrefix("copy") })
        #expect(run.errors.contains("people@1 serves"))
        #expect(try server.json("GET", "/models")["data"] as? [String] == [])
    }

    @Test func theREADMEShowsTheSameLines() throws {
        let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
        let steps = try String(contentsOf: Self.script, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("gand ") }
        #expect(steps.count > 10)
        for step in steps { #expect(readme.contains(step), "\(step)") }
    }
}
