import Foundation
import Service
import TestSupport
import Testing

struct SettingsTests {
    private let folder = TemporaryFolder()

    private func load(_ text: String) async throws -> [String: String] {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let file = folder.path + "/gand.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let settings = try await Settings.load(file: file, environment: [:])
        return Dictionary(uniqueKeysWithValues: settings.resolved.map { ($0.key.name, $0.value) })
    }

    @Test func valuesAndListsAreRead() async throws {
        let values = try await load(
            "# where\r\nlisten:\r\n  - 127.0.0.1:1\r\n  - 127.0.0.1:2\r\n\"threads\": 3\r\n"
                + "api_keys:\r\n  - admin:a\r\n  - read:b\r\nallow_anonymous: true\r\n")
        #expect(values["listen"] == "127.0.0.1:1,127.0.0.1:2" && values["threads"] == "3")
        #expect(values["api_keys"] == "(set)" && values["allow_anonymous"] == "true")
    }

    @Test(arguments: ["api_keys:\n  admin: a\n", "api_keys:\n", "listn: a\r\n", "threads: 2\r\nlistn: a\r\n", "a: [\n"])
    func whatSaysNothingIsRefused(_ text: String) async {
        await #expect(throws: SettingsError.self) { try await load(text) }
    }
}
