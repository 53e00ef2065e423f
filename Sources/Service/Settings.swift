import Configuration
import Foundation
package import HTTP
package import Logging

/// What a setting is wrong about; the process ends with exit code 78.
package struct SettingsError: Error, CustomStringConvertible {
    package let description: String
}

/// How the server runs. Built-in values are overridden by the YAML file, that by `GAND_*` variables, those by flags.
package struct Settings: Sendable {
    /// One setting: its key in the file, its default, and what it is for.
    package struct Key: Sendable {
        package let name: String
        package let standard: String
        package let meaning: String
        /// Whether its value is never shown.
        package var isSecret = false
    }

    /// A value and where it came from.
    package struct Resolved: Sendable {
        package let key: Key
        package let value: String
        package let source: String
    }

    package static let keys: [Key] = [
        Key(
            name: "listen", standard: "127.0.0.1:8080",
            meaning: "addresses to listen on, comma-separated: host:port, [v6]:port or unix:/path"),
        Key(name: "tls_certificate", standard: "", meaning: "a PEM file; with it, TLS is spoken on every port"),
        Key(name: "tls_private_key", standard: "", meaning: "a PEM file, the certificate's key"),
        Key(
            name: "tls_client_ca", standard: "", meaning: "a PEM file of roots that clients' certificates must lead to"),
        Key(name: "data_dir", standard: "", meaning: "the only folder written to; $XDG_DATA_HOME/gand where empty"),
        Key(
            name: "follow", standard: "",
            meaning: "the data directory of a server whose models to serve; data_dir then holds copies of them"),
        Key(
            name: "api_keys", standard: "", meaning: "role:key, several with commas between; roles are read and admin",
            isSecret: true),
        Key(name: "api_keys_file", standard: "", meaning: "a file of such keys, one a line; read again on SIGHUP"),
        Key(
            name: "allowed_hosts", standard: "",
            meaning: "names, comma-separated, by which a server on loopback may be called beside localhost"),
        Key(name: "allow_anonymous", standard: "false", meaning: "listen beyond loopback although there are no keys"),
        Key(name: "threads", standard: "0", meaning: "threads for connections and training; 0 is one a core"),
        Key(name: "train_concurrency", standard: "1", meaning: "trainings at a time"),
        Key(name: "max_body_bytes", standard: "268435456", meaning: "size of a request's body"),
        Key(
            name: "max_parsing_bytes", standard: "0",
            meaning: "memory of all that is read at one time; 0 is half of what the machine has"),
        Key(name: "max_connections", standard: "16384", meaning: "clients at a time"),
        Key(name: "max_connections_per_address", standard: "1024", meaning: "clients at a time from one address"),
        Key(
            name: "max_waiting", standard: "8192",
            meaning: "requests that wait for something at a time (wait=, streams of events)"),
        Key(name: "max_waiting_per_address", standard: "1000", meaning: "those from one address"),
        Key(name: "max_rows", standard: "5000000", meaning: "rows to train on, or to score at once"),
        Key(name: "max_columns", standard: "1024", meaning: "columns to train on"),
        Key(
            name: "max_training_bytes", standard: "0",
            meaning: "memory that a training may be estimated to take; 0 is what the machine has"),
        Key(name: "max_samples", standard: "10000000", meaning: "rows of one sample"),
        Key(name: "max_queued_jobs", standard: "32", meaning: "jobs that may wait"),
        Key(name: "keep_versions", standard: "5", meaning: "versions kept of a model"),
        Key(name: "keep_jobs", standard: "1000", meaning: "jobs that are over and remembered"),
        Key(
            name: "min_free_disk_bytes", standard: "67108864",
            meaning: "what must stay free on the disk for /train, imports and long bodies"),
        Key(
            name: "snapshot_seconds", standard: "30",
            meaning: "time between checkpoints: what a killed training loses at most"),
        Key(name: "shutdown_timeout_seconds", standard: "20", meaning: "time for answers in flight at SIGTERM"),
        Key(name: "log_level", standard: "info", meaning: "trace, debug, info, notice, warning, error or critical"),
        Key(name: "log_format", standard: "auto", meaning: "text, json, or auto: text on a terminal, else json"),
    ]

    /// As they may be shown.
    package let resolved: [Resolved]
    package let listen: [SocketAddress]
    let keys: Keys
    private let keysFile: String
    /// `nil` where others than this machine can reach the server, who may call it as they like.
    let allowedHosts: AllowedHosts?
    package let dataDirectory: String
    /// The data directory of the server that this one follows; `nil` where it is one of its own.
    package let followed: String?
    package let threads: Int
    package let trainConcurrency: Int
    /// The certificate, its key, and the authorities of clients; `nil` where TLS is not spoken.
    private let tls: (certificate: String, privateKey: String, clientAuthorities: String?)?
    package let maximumBodyBytes: Int
    package let maximumParsingBytes: Int
    private let maximumConnections: Int
    private let maximumConnectionsPerAddress: Int
    private let maximumWaiting: Int
    private let maximumWaitingPerAddress: Int
    package let maximumRows: Int
    package let maximumColumns: Int
    package let maximumTrainingBytes: Int
    package let maximumSamples: Int
    package let maximumQueuedJobs: Int
    package let keepVersions: Int
    package let keepJobs: Int
    package let minimumFreeDiskBytes: Int
    package let snapshotSeconds: Int
    package let shutdownTimeoutSeconds: Int
    package let logLevel: Logger.Level
    package let logsJSON: Bool

    /// - Parameters:
    ///   - flags: values by key, from the command line.
    ///   - file: a YAML file, which must exist.
    ///   - environment: the process's variables.
    package static func load(
        flags: [String: String] = [:], file: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(SettingsError) -> Settings {
        var sources: [(name: String, reader: ConfigReader)] = [
            (
                "environment",
                ConfigReader(
                    provider: EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "gand"))
            )
        ]
        if let file = file ?? environment["GAND_CONFIG"] {
            do {
                let path = ConfigReader(
                    provider: InMemoryProvider(values: ["filePath": .init(.string(file), isSecret: false)]))
                let reader = ConfigReader(provider: try await FileProvider<YAMLSnapshot>(config: path))
                sources.append((file, reader))
                for name in try names(in: file) where value(of: name, reader) == nil {
                    throw SettingsError(description: "\(file): \(name) must be one value, or a list of texts")
                }
            } catch let error as SettingsError {
                throw error
            } catch {
                throw SettingsError(description: "the configuration file \(file) cannot be read as YAML")
            }
        }
        let resolved = keys.map { key in
            if let flag = flags[key.name] { return Resolved(key: key, value: flag, source: "flag") }
            for (name, reader) in sources {
                if let value = value(of: key.name, reader) { return Resolved(key: key, value: value, source: name) }
            }
            return Resolved(key: key, value: key.standard, source: "built-in")
        }
        return try Settings(resolved)
    }

    /// A value as text, whatever type YAML gave it.
    private static func value(of name: String, _ reader: ConfigReader) -> String? {
        let key = ConfigKey([name])
        if let text = reader.string(forKey: key) { return text }
        if let number = reader.int(forKey: key) { return String(number) }
        if let bool = reader.bool(forKey: key) { return String(bool) }
        return reader.stringArray(forKey: key)?.joined(separator: ",")
    }

    /// The keys of the file, every one of which must be one that there is.
    private static func names(in file: String) throws -> [String] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).filter { line in !"# -".contains(line[line.startIndex]) }
        return try lines.map { line in
            let name = line.prefix { $0 != ":" }.trimmingCharacters(in: ["\"", "'", " "])
            guard keys.contains(where: { $0.name == name }) else {
                throw SettingsError(
                    description: "\(file): \(name) is not a setting; "
                        + suggestion(for: name, among: keys.map(\.name)))
            }
            return name
        }
    }

    private init(_ resolved: [Resolved]) throws(SettingsError) {
        let values = Dictionary(uniqueKeysWithValues: resolved.map { ($0.key.name, $0) })
        func text(_ name: String) -> String { values[name]?.value ?? "" }
        func error(_ name: String, _ detail: String) -> SettingsError {
            SettingsError(description: "\(name) (\(values[name]?.source ?? "built-in")) \(detail)")
        }
        func integer(_ name: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
            guard let number = Int(text(name)), range.contains(number) else {
                throw error(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        self.resolved = resolved.map { one in
            guard one.key.isSecret, !one.value.isEmpty else { return one }
            return Resolved(key: one.key, value: "(set)", source: one.source)
        }
        for one in resolved where one.key.name.hasPrefix("api_keys") && one.source != "built-in" && one.value.isEmpty {
            throw error(one.key.name, "is set, but empty")
        }
        keysFile = text("api_keys_file")
        guard keysFile.isEmpty || text("api_keys").isEmpty else {
            throw SettingsError(description: "api_keys and api_keys_file are one or the other")
        }
        keys = try keysFile.isEmpty ? Self.keys(text("api_keys"), "api_keys") : Self.keys(inFile: keysFile)
        var listen: [SocketAddress] = []
        for part in text("listen").split(separator: ",") {
            guard let address = SocketAddress(part.trimmingCharacters(in: .whitespaces)) else {
                throw error("listen", "must be host:port or unix:/path, or several with commas between")
            }
            listen.append(address)
        }
        guard !listen.isEmpty else { throw error("listen", "must not be empty") }
        guard let anonymous = ["true": true, "false": false, "1": true, "0": false][text("allow_anonymous")] else {
            throw error("allow_anonymous", "must be true or false")
        }
        if !anonymous, keys.isEmpty, let open = listen.first(where: { !$0.isLoopback }) {
            throw SettingsError(
                description: "listen \(open) lets anybody who reaches it train, sample and delete; "
                    + "set api_keys or api_keys_file, or allow_anonymous to true if that is meant")
        }
        self.listen = listen
        let names = text("allowed_hosts").lowercased().split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        allowedHosts = listen.allSatisfy(\.isLoopback) ? AllowedHosts(names: Set(names)) : nil
        dataDirectory = text("data_dir").isEmpty ? Self.standardDataDirectory : text("data_dir")
        followed = text("follow").isEmpty ? nil : text("follow")
        if let followed, Self.isSame(followed, dataDirectory) {
            throw error("follow", "must be another folder than data_dir, which holds the copies")
        }
        let threads = try integer("threads", in: 0...1024)
        self.threads = threads == 0 ? max(1, ProcessInfo.processInfo.activeProcessorCount) : threads
        trainConcurrency = try integer("train_concurrency", in: 1...64)
        let (certificate, key, authorities) = (text("tls_certificate"), text("tls_private_key"), text("tls_client_ca"))
        guard certificate.isEmpty == key.isEmpty, !certificate.isEmpty || authorities.isEmpty else {
            throw SettingsError(description: "tls_certificate and tls_private_key need each other, tls_client_ca both")
        }
        tls = certificate.isEmpty ? nil : (certificate, key, authorities.isEmpty ? nil : authorities)
        maximumConnections = try integer("max_connections", in: 1...1_000_000)
        maximumConnectionsPerAddress = try integer("max_connections_per_address", in: 1...1_000_000)
        maximumWaiting = try integer("max_waiting", in: 0...1_000_000)
        maximumWaitingPerAddress = try integer("max_waiting_per_address", in: 0...1_000_000)
        maximumBodyBytes = try integer("max_body_bytes", in: 1024...(1 << 40))
        let parsingBytes = try integer("max_parsing_bytes", in: 0...(1 << 50))
        maximumParsingBytes = parsingBytes == 0 ? Self.machineMemory / 2 : parsingBytes
        maximumRows = try integer("max_rows", in: 2...1_000_000_000)
        maximumColumns = try integer("max_columns", in: 1...65_536)
        let trainingBytes = try integer("max_training_bytes", in: 0...(1 << 50))
        maximumTrainingBytes = trainingBytes == 0 ? Self.machineMemory : trainingBytes
        maximumSamples = try integer("max_samples", in: 1...1_000_000_000)
        maximumQueuedJobs = try integer("max_queued_jobs", in: 1...10_000)
        keepVersions = try integer("keep_versions", in: 1...1000)
        keepJobs = try integer("keep_jobs", in: 1...1_000_000)
        minimumFreeDiskBytes = try integer("min_free_disk_bytes", in: 0...(1 << 50))
        snapshotSeconds = try integer("snapshot_seconds", in: 1...86_400)
        shutdownTimeoutSeconds = try integer("shutdown_timeout_seconds", in: 0...3600)
        guard let level = Logger.Level(rawValue: text("log_level")) else {
            throw error("log_level", "must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        logLevel = level
        switch text("log_format") {
        case "json": logsJSON = true
        case "text": logsJSON = false
        case "auto": logsJSON = isatty(STDOUT_FILENO) == 0
        default: throw error("log_format", "must be auto, text or json")
        }
    }

    /// How an answer that never changes may be kept: by anybody, unless it takes a key to get it (RFC 9111 §3.5).
    var forever: String { (keys.isEmpty ? "public" : "private") + ", max-age=31536000, immutable" }

    /// The keys as their file is now; `nil` where there is no file.
    func reloadedKeys() throws(SettingsError) -> Keys? {
        keysFile.isEmpty ? nil : try Self.keys(inFile: keysFile)
    }

    private static func keys(inFile path: String) throws(SettingsError) -> Keys {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw SettingsError(description: "the file of api_keys_file cannot be read")
        }
        guard !text.isEmpty else { throw SettingsError(description: "the file of api_keys_file is empty") }
        return try keys(text, "the file of api_keys_file")
    }

    private static func keys(_ text: String, _ name: String) throws(SettingsError) -> Keys {
        guard !text.isEmpty else { return .none }
        do throws(Keys.Malformed) {
            return try Keys(text)
        } catch {
            throw SettingsError(description: "\(name) \(error.detail)")
        }
    }

    /// The longest bodies that may be in files at a time.
    private static let longestBodies = 8

    /// What the server allows a client.
    var limits: Limits {
        var limits = Limits()
        limits.bodyBytes = maximumBodyBytes
        limits.spoolFolder = "\(dataDirectory)/tmp"
        limits.spooledBytes = max(limits.spooledBytes, Self.longestBodies * maximumBodyBytes)
        limits.freeDiskBytes = minimumFreeDiskBytes
        limits.connections = maximumConnections
        limits.connectionsPerAddress = maximumConnectionsPerAddress
        limits.waiting = maximumWaiting
        limits.waitingPerAddress = maximumWaitingPerAddress
        return limits
    }

    /// The certificate and key as their files are now; `nil` where TLS is not spoken.
    func tlsContext() throws(TLSError) -> TLSContext? {
        guard let tls else { return nil }
        return try TLSContext(
            certificate: tls.certificate, privateKey: tls.privateKey, clientAuthorities: tls.clientAuthorities)
    }

    /// Whether TLS is spoken on an address; a Unix-domain socket needs none.
    package func speaksTLS(on address: SocketAddress) -> Bool {
        if case .unix = address { false } else { tls != nil }
    }

    /// Makes the folder that the data's own stands in where nobody has chosen it: a new account has none yet.
    func makeStandardFolder() {
        guard dataDirectory == Self.standardDataDirectory else { return }
        let parent = (dataDirectory as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    }

    /// What the machine has, or the container that the process runs in.
    static var machineMemory: Int {
        let all = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let limit = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8)
        return min(all, limit.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? all)
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        URL(fileURLWithPath: a).standardizedFileURL.resolvingSymlinksInPath()
            == URL(fileURLWithPath: b).standardizedFileURL.resolvingSymlinksInPath()
    }

    private static var standardDataDirectory: String {
        let environment = ProcessInfo.processInfo.environment
        if let data = environment["XDG_DATA_HOME"], !data.isEmpty { return "\(data)/gand" }
        return "\(environment["HOME"] ?? ".")/.local/share/gand"
    }
}
