import Foundation
import HTTP
import TestSupport
import Testing

/// The README's lines of PyTorch, run on a file that the server gives.
@Suite struct TorchTests {
    /// A Python that has what the lines need.
    private static let python: String? = {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        return ["\(home)/.cache/peers/bin/python", "/usr/bin/python3"].first { path in
            guard FileManager.default.isExecutableFile(atPath: path) else { return false }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = ["-c", "import torch, safetensors"]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }()

    @Test(.enabled(if: python != nil, "SKIPPED: no Python here has torch and safetensors"))
    func theSameScoresComeOutOfPyTorch() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let server = try RunningServer(dataDirectory: folder.path + "/data")
        #expect(try server.send("POST", "/train?steps=2000&seed=1&wait=100").status == 200)
        let file = URL(fileURLWithPath: folder.path + "/default.safetensors")
        try Data(server.send("GET", "/models/default/weights").body).write(to: file)
        let expected = try #require(
            try server.json("POST", "/score", "[8.0,10.0,12.5,30.0]")["scores"] as? [Double])

        let readme = try String(
            contentsOf: RunningServer.binary.appendingPathComponent("../../../README.md").standardized, encoding: .utf8)
        let start = try #require(readme.range(of: "```python\nimport json, torch"))
        let lines = readme[readme.index(start.lowerBound, offsetBy: 10)...].components(separatedBy: "```")[0]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        process.arguments = ["-c", lines]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let scores = try #require(try JSONSerialization.jsonObject(with: output) as? [Double])
        #expect(scores.count == expected.count && expected[1] > 0.3 && expected[3] < 0.01)
        for (score, other) in zip(scores, expected) { #expect(abs(score - other) < 1e-5) }
    }
}
