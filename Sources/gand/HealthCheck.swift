import ArgumentParser
import Foundation
import HTTP
import Service

/// `gand healthcheck`: exit code 0 where the server is ready, else 1, the only codes of Docker.
struct HealthCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Checks whether a running server is ready.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        var address = settings.listen[0]
        // A server that listens on all addresses is checked on loopback.
        if case .network(let host, let port) = address {
            if host == "0.0.0.0" { address = .network(host: "127.0.0.1", port: port) }
            if host == "::" { address = .network(host: "::1", port: port) }
        }
        do throws(Exchange.Failure) {
            let answer = try OneShot.send(
                "GET", "/readyz", to: address, timeout: 3, isEncrypted: settings.speaksTLS(on: address))
            guard answer.status == 200 else { throw .malformedAnswer }
        } catch {
            throw Exit.failing(1, "the server at \(address) is not ready")
        }
    }
}
