import ArgumentParser
import Foundation
import HTTP
import Service

/// `gand healthcheck`: 0 where the server is ready, else 1, which is all that Docker knows.
struct HealthCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Asks a running server whether it is ready.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        var address = settings.listen[0]
        // A server that listens everywhere is asked here.
        if case .network(let host, let port) = address {
            if host == "0.0.0.0" { address = .network(host: "127.0.0.1", port: port) }
            if host == "::" { address = .network(host: "::1", port: port) }
        }
        do throws(Exchange.Failure) {
            let answer = try OneShot.send(
                "GET", "/readyz", to: address, timeout: 3, isEncrypted: settings.speaksTLS(on: address))
            guard answer.status == 200 else { throw .malformedAnswer }
        } catch {
            throw Exit.failing(1, "not ready at \(address)")
        }
    }
}
