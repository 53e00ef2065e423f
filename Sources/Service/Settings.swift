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
    /// A value and where it came from.
    package struct Resolved: Sendable {
        package let key: Setting
        package let value: String
        package let source: String
    }

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
    ///   - flags: values from the command line.
    ///   - file: a YAML file, which must exist.
    ///   - environment: the process's variables.
    package static func load(
        flags: [Setting: String] = [:], file: String? = nil,
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
        let resolved = Setting.allCases.map { key in
            if let flag = flags[key] { return Resolved(key: key, value: flag, source: "flag") }
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
            let known = Setting.allCases.map(\.name)
            guard known.contains(name) else {
                throw SettingsError(
                    description: "\(file): \(name) is not a setting; " + suggestion(for: name, among: known))
            }
            return name
        }
    }

    private init(_ resolved: [Resolved]) throws(SettingsError) {
        let values = Dictionary(uniqueKeysWithValues: resolved.map { ($0.key, $0) })
        func text(_ setting: Setting) -> String { values[setting]?.value ?? setting.standard }
        func error(_ setting: Setting, _ detail: String) -> SettingsError {
            SettingsError(description: "\(setting.name) (\(values[setting]?.source ?? "built-in")) \(detail)")
        }
        func integer(_ setting: Setting) throws(SettingsError) -> Int {
            let range = setting.range ?? 0...Int.max
            guard let number = Int(text(setting)), range.contains(number) else {
                throw error(setting, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        self.resolved = resolved.map { one in
            guard one.key.isSecret, !one.value.isEmpty else { return one }
            return Resolved(key: one.key, value: "(set)", source: one.source)
        }
        for one in resolved
        where [.apiKeys, .apiKeysFile].contains(one.key) && one.source != "built-in" && one.value.isEmpty {
            throw error(one.key, "is set, but empty")
        }
        keysFile = text(.apiKeysFile)
        guard keysFile.isEmpty || text(.apiKeys).isEmpty else {
            throw SettingsError(description: "api_keys and api_keys_file are one or the other")
        }
        keys = try keysFile.isEmpty ? Self.keys(text(.apiKeys), "api_keys") : Self.keys(inFile: keysFile)
        var listen: [SocketAddress] = []
        for part in text(.listen).split(separator: ",") {
            guard let address = SocketAddress(part.trimmingCharacters(in: .whitespaces)) else {
                throw error(.listen, "must be host:port or unix:/path, or several with commas between")
            }
            listen.append(address)
        }
        guard !listen.isEmpty else { throw error(.listen, "must not be empty") }
        guard let anonymous = ["true": true, "false": false, "1": true, "0": false][text(.allowAnonymous)] else {
            throw error(.allowAnonymous, "must be true or false")
        }
        if !anonymous, keys.isEmpty, let open = listen.first(where: { !$0.isLoopback }) {
            throw SettingsError(
                description: "listen \(open) lets anybody who reaches it train, sample and delete; "
                    + "set api_keys or api_keys_file, or allow_anonymous to true if that is meant")
        }
        self.listen = listen
        let names = text(.allowedHosts).lowercased().split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        allowedHosts = listen.allSatisfy(\.isLoopback) ? AllowedHosts(names: Set(names)) : nil
        dataDirectory = text(.dataDir).isEmpty ? Self.standardDataDirectory : text(.dataDir)
        followed = text(.follow).isEmpty ? nil : text(.follow)
        if let followed, Self.isSame(followed, dataDirectory) {
            throw error(.follow, "must be another folder than data_dir, which holds the copies")
        }
        let threads = try integer(.threads)
        self.threads = threads == 0 ? max(1, ProcessInfo.processInfo.activeProcessorCount) : threads
        trainConcurrency = try integer(.trainConcurrency)
        let (certificate, key, authorities) = (text(.tlsCertificate), text(.tlsPrivateKey), text(.tlsClientCa))
        guard certificate.isEmpty == key.isEmpty, !certificate.isEmpty || authorities.isEmpty else {
            throw SettingsError(description: "tls_certificate and tls_private_key need each other, tls_client_ca both")
        }
        tls = certificate.isEmpty ? nil : (certificate, key, authorities.isEmpty ? nil : authorities)
        maximumConnections = try integer(.maxConnections)
        maximumConnectionsPerAddress = try integer(.maxConnectionsPerAddress)
        maximumWaiting = try integer(.maxWaiting)
        maximumWaitingPerAddress = try integer(.maxWaitingPerAddress)
        maximumBodyBytes = try integer(.maxBodyBytes)
        let parsingBytes = try integer(.maxParsingBytes)
        maximumParsingBytes = parsingBytes == 0 ? Self.machineMemory / 2 : parsingBytes
        maximumRows = try integer(.maxRows)
        maximumColumns = try integer(.maxColumns)
        let trainingBytes = try integer(.maxTrainingBytes)
        maximumTrainingBytes = trainingBytes == 0 ? Self.machineMemory : trainingBytes
        maximumSamples = try integer(.maxSamples)
        maximumQueuedJobs = try integer(.maxQueuedJobs)
        keepVersions = try integer(.keepVersions)
        keepJobs = try integer(.keepJobs)
        minimumFreeDiskBytes = try integer(.minFreeDiskBytes)
        snapshotSeconds = try integer(.snapshotSeconds)
        shutdownTimeoutSeconds = try integer(.shutdownTimeoutSeconds)
        guard let level = Logger.Level(rawValue: text(.logLevel)) else {
            throw error(.logLevel, "must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        logLevel = level
        switch text(.logFormat) {
        case "json": logsJSON = true
        case "text": logsJSON = false
        case "auto": logsJSON = isatty(STDOUT_FILENO) == 0
        default: throw error(.logFormat, "must be auto, text or json")
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
