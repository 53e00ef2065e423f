import ArgumentParser
import Foundation

/// The command line: one file a verb.
@main
struct Gand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gand", abstract: "Generative adversarial networks as a service.",
        subcommands: [Serve.self, HealthCheck.self, Config.self, Version.self])
}

/// Ways for the process to end, as sysexits(3) and the API name them.
enum Exit {
    static let inputOutput: Int32 = 74
    static let tryAgain: Int32 = 75
    static let configuration: Int32 = 78

    /// Says why on standard error.
    static func failing(_ code: Int32, _ message: String) -> ExitCode {
        FileHandle.standardError.write(Data("gand: \(message)\n".utf8))
        return ExitCode(code)
    }
}
