import ArgumentParser
import Service

/// The flags that override settings.
struct SettingsOptions: ParsableArguments {
    @Option(help: "A YAML file of settings.")
    var config: String?

    @Option(.listen) var listen: String?
    @Option(.tlsCertificate) var tlsCertificate: String?
    @Option(.tlsPrivateKey) var tlsPrivateKey: String?
    @Option(.tlsClientCa) var tlsClientCa: String?
    @Option(.dataDir) var dataDir: String?
    @Option(.apiKeysFile) var apiKeysFile: String?
    @Option(.allowedHosts) var allowedHosts: String?
    @Option(.follow) var follow: String?
    @Flag(.allowAnonymous) var allowAnonymous = false
    @Option(.threads) var threads: Int?
    @Option(.trainConcurrency) var trainConcurrency: Int?
    @Option(.maxBodyBytes) var maxBodyBytes: Int?
    @Option(.maxConnections) var maxConnections: Int?
    @Option(.maxConnectionsPerAddress) var maxConnectionsPerAddress: Int?
    @Option(.logLevel) var logLevel: String?
    @Option(.logFormat) var logFormat: String?

    /// What was given.
    private var flags: [Setting: String] {
        let texts: [Setting: String?] = [
            .listen: listen, .tlsCertificate: tlsCertificate, .tlsPrivateKey: tlsPrivateKey,
            .tlsClientCa: tlsClientCa, .dataDir: dataDir, .apiKeysFile: apiKeysFile, .allowedHosts: allowedHosts,
            .follow: follow, .allowAnonymous: allowAnonymous ? "true" : nil, .logLevel: logLevel,
            .logFormat: logFormat,
        ]
        let numbers: [Setting: Int?] = [
            .threads: threads, .trainConcurrency: trainConcurrency, .maxBodyBytes: maxBodyBytes,
            .maxConnections: maxConnections, .maxConnectionsPerAddress: maxConnectionsPerAddress,
        ]
        return texts.compactMapValues(\.self)
            .merging(numbers.compactMapValues { $0.map(String.init) }) { text, _ in text }
    }

    func settings() async throws -> Settings {
        do throws(SettingsError) {
            return try await Settings.load(flags: flags, file: config)
        } catch {
            throw Exit.failing(Exit.configuration, error.description)
        }
    }
}

extension Setting {
    fileprivate var flagName: NameSpecification { flag.map { .customLong($0) } ?? .long }

    /// The meaning as a sentence.
    fileprivate var help: ArgumentHelp { ArgumentHelp("\(meaning.prefix(1).uppercased())\(meaning.dropFirst()).") }
}

extension Option {
    /// The flag of a setting, as that is declared.
    fileprivate init<Wrapped: ExpressibleByArgument>(_ setting: Setting) where Value == Wrapped? {
        self.init(name: setting.flagName, help: setting.help)
    }
}

extension Flag where Value == Bool {
    /// The same of one that is on or off.
    fileprivate init(wrappedValue: Bool, _ setting: Setting) {
        self.init(wrappedValue: wrappedValue, name: setting.flagName, help: setting.help)
    }
}
