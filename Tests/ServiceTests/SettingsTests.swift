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

    // Tests/ServiceTests/SettingsTests.swift is three levels below the package.
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func lines(of file: String) throws -> [Substring] {
        try String(contentsOf: Self.package.appendingPathComponent(file), encoding: .utf8).split(separator: "\n")
    }

    @Test func theExampleFileHasEverySetting() async throws {
        var told: [String: (value: String, meaning: String)] = [:]
        // Keys, which have no default that could stand there, are comments.
        for line in try lines(of: "Config/gand.yaml").map({ $0.hasPrefix("# api_keys") ? $0.dropFirst(2) : $0 })
        where !line.hasPrefix("#") {
            let parts = line.split(separator: " # ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let pair = parts[0].split(separator: ":", maxSplits: 1)
            let value = try #require(pair.last).trimmingCharacters(in: [" ", "\""])
            #expect(told.updateValue((value, try #require(parts.last)), forKey: String(pair[0])) == nil)
        }
        #expect(Set(told.keys) == Set(Setting.allCases.map(\.name)))
        for setting in Setting.allCases {
            let one = try #require(told[setting.name])
            #expect(one.meaning == setting.meaning)
            if ![.apiKeys, .apiKeysFile].contains(setting) {
                #expect(one.value == setting.standard, "\(setting.name)")
            }
        }
        #expect(
            try await !Settings.load(file: Self.package.path + "/Config/gand.yaml", environment: [:]).resolved.isEmpty)
    }

    @Test func theReadmeHasEverySettingWithItsDefault() throws {
        let rows = try lines(of: "README.md").drop { !$0.hasPrefix("| key | default | |") }.dropFirst(2)
        var told: [String: String] = [:]
        for row in rows.prefix(while: { $0.hasPrefix("| `") }) {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let names = cells[0].split(separator: "`").filter { $0.contains { $0.isLetter } && !$0.contains(" ") }
            let values = cells[1].split(separator: ", ")
            for (index, name) in names.enumerated() {
                told[String(name)] = values.count == names.count ? String(values[index]) : cells[1]
            }
        }
        #expect(Set(told.keys) == Set(Setting.allCases.map(\.name)))
        // What the machine decides is told in words, and what nobody has set not at all.
        for setting in Setting.allCases where !["", "0"].contains(setting.standard) {
            let value = told[setting.name] ?? ""
            let parts = value.split(separator: " ")
            let unit = ["MiB": 1 << 20, "M": 1_000_000][parts.last ?? ""]
            let number = unit.flatMap { unit in Int(parts[0]).map { String($0 * unit) } }
            #expect(number ?? value == setting.standard, "\(setting.name)")
        }
    }

    @Test func everyDefaultIsInItsRange() {
        for setting in Setting.allCases {
            guard let range = setting.range else { continue }
            #expect(Int(setting.standard).map(range.contains) == true, "\(setting.name)")
        }
    }
}
