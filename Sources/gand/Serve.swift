import ArgumentParser
import CMalloc
import Foundation
import HTTP
import Logging
import Models
import NeuralNetwork
import Service
import ServiceLifecycle
import UnixSignals

/// `gand serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the server.")

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Train the demonstration model at the first start.")
    var demo = false

    func run() async throws {
        guard Processor.isSupported else {
            throw Exit.failing(Exit.configuration, "gand needs a processor with AVX2 and FMA, which this one lacks")
        }
        let settings = try await options.settings()
        let logger = Logger(label: "gand") { _ in
            LineLogHandler(level: settings.logLevel, isJSON: settings.logsJSON)
        }
        // When the reader of the log goes away, the server goes on.
        signal(SIGPIPE, SIG_IGN)
        // Requests allocate and free a few hundred kilobytes each; memory returned to the kernel would come back page
        // by page.
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        let (listening, continuation) = AsyncStream.makeStream(of: SocketAddress.self)
        let service: GANService
        do {
            service = try GANService(settings: settings, logger: logger) { continuation.yield($0) }
        } catch let error as DataDirectory.Error {
            throw Self.exit(error)
        } catch Store.MirrorError.notAMirror {
            throw Exit.failing(
                Exit.configuration,
                "data_dir has models or jobs of its own, which --follow would delete; name a new folder"
            )
        } catch let error as TLSError {
            throw Exit.failing(Exit.configuration, error.description)
        }
        defer { LogOutput.standard.flush() }
        let reloading = Task {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { service.reload() }
        }
        let progress = Task { [demo] in
            for await address in listening.prefix(1) where demo && settings.followed == nil {
                try await DemonstrationProgress(service: service, address: address).show()
            }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [ServiceGroupConfiguration.ServiceConfiguration(service: service)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as SocketError {
            throw Exit.failing(Exit.inputOutput, error.description)
        }
        progress.cancel()
        reloading.cancel()
    }

    /// The beginning of a file's text, in printable characters.
    private static func quoted(_ text: String) -> String {
        "\"\(String(text.unicodeScalars.prefix(32).map { 0x20..<0x7F ~= $0.value ? Character($0) : "?" }))\""
    }

    private static func exit(_ error: DataDirectory.Error) -> ExitCode {
        switch error {
        case .formatTooNew(let found, let supported):
            Exit.failing(
                Exit.configuration,
                "the data directory's file FORMAT says \(quoted(found)), but this gand knows formats up to \(supported); "
                    + "a newer gand wrote it, or another program, or the file is damaged and should say 1")
        case .databaseTooNew:
            Exit.failing(Exit.configuration, "a newer gand wrote the database of the data directory; start that one")
        case .locked(let path, let owner):
            Exit.failing(Exit.tryAgain, "the data directory \(path) is in use by \(owner)")
        case .notWritable(let path, let identity):
            Exit.failing(Exit.inputOutput, "\(path) is not writable for \(identity): chown \(identity) \(path)")
        case .insufficientStorage(let path): Exit.failing(Exit.inputOutput, "the disk of \(path) is full")
        case .failed(let call, let path, let code):
            Exit.failing(Exit.inputOutput, "\(call) \(path): error \(code)")
        }
    }
}
