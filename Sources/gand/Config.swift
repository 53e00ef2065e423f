import ArgumentParser
import Service

/// `gand config`: every setting, its value and its source.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints every setting, its value and its source.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        for resolved in settings.resolved {
            let value = resolved.key == .dataDir ? settings.dataDirectory : resolved.value
            print("\(resolved.key.name): \(value)  # \(resolved.source): \(resolved.key.meaning)")
        }
    }
}
