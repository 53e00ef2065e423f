import ArgumentParser
import Service

/// `gand version`.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the version.")

    func run() { print("gand \(Release.version)") }
}
