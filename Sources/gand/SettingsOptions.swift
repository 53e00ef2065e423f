import ArgumentParser
import Service

/// The flags that override settings.
struct SettingsOptions: ParsableArguments {
    @Option(help: "A YAML file of settings.")
    var config: String?

    @Option(help: "Addresses to listen on, comma-separated.")
    var listen: String?

    @Option(help: "A PEM file of the certificate; turns on TLS on every port.")
    var tlsCertificate: String?

    @Option(help: "A PEM file of the certificate's key.")
    var tlsPrivateKey: String?

    @Option(help: "A PEM file of root certificates; clients must then show a certificate signed by one.")
    var tlsClientCa: String?

    @Option(help: "The folder for models and jobs, the only one written to.")
    var dataDir: String?

    @Option(help: "A file of API keys, one role:key a line.")
    var apiKeysFile: String?

    @Option(help: "Further host names of a server on loopback, comma-separated.")
    var allowedHosts: String?

    @Option(help: "The data directory of another server, whose models to serve.")
    var follow: String?

    @Flag(help: "Listen beyond loopback without keys.")
    var allowAnonymous = false

    @Option(help: "Threads for connections and training; 0: one a core.")
    var threads: Int?

    @Option(help: "Largest number of trainings at a time.")
    var trainConcurrency: Int?

    @Option(help: "Largest size of a request's body, in bytes.")
    var maxBodyBytes: Int?

    @Option(help: "Largest number of clients at a time.")
    var maxConnections: Int?

    @Option(help: "Largest number of clients at a time from one address.")
    var maxConnectionsPerAddress: Int?

    @Option(help: "Lowest level to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(help: "Format of the log: auto, text or json.")
    var logFormat: String?

    func settings() async throws -> Settings {
        var flags: [String: String] = [:]
        flags["listen"] = listen
        flags["tls_certificate"] = tlsCertificate
        flags["tls_private_key"] = tlsPrivateKey
        flags["tls_client_ca"] = tlsClientCa
        flags["data_dir"] = dataDir
        flags["api_keys_file"] = apiKeysFile
        flags["allowed_hosts"] = allowedHosts
        flags["follow"] = follow
        flags["allow_anonymous"] = allowAnonymous ? "true" : nil
        flags["threads"] = threads.map(String.init)
        flags["train_concurrency"] = trainConcurrency.map(String.init)
        flags["max_body_bytes"] = maxBodyBytes.map(String.init)
        flags["max_connections"] = maxConnections.map(String.init)
        flags["max_connections_per_address"] = maxConnectionsPerAddress.map(String.init)
        flags["log_level"] = logLevel
        flags["log_format"] = logFormat
        do throws(SettingsError) {
            return try await Settings.load(flags: flags, file: config)
        } catch {
            throw Exit.failing(Exit.configuration, error.description)
        }
    }
}
