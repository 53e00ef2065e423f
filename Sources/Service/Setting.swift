/// The settings: each is declared once, with its default, what it may be, and what it is for.
package enum Setting: String, Sendable, CaseIterable {
    case listen, tlsCertificate, tlsPrivateKey, tlsClientCa
    case dataDir, follow
    case apiKeys, apiKeysFile, allowedHosts, allowAnonymous
    case threads, trainConcurrency
    case maxBodyBytes, maxParsingBytes
    case maxConnections, maxConnectionsPerAddress, maxWaiting, maxWaitingPerAddress
    case maxRows, maxColumns, maxTrainingBytes, maxSamples, maxQueuedJobs
    case keepVersions, keepJobs, minFreeDiskBytes, snapshotSeconds, shutdownTimeoutSeconds
    case logLevel, logFormat

    /// All that is known of a setting.
    private struct Declaration {
        var standard: String
        var range: ClosedRange<Int>?
        var meaning: String
        var hasFlag = false
        var isSecret = false

        /// A text that is empty where nothing is said.
        static func text(_ meaning: String, hasFlag: Bool = false, isSecret: Bool = false) -> Declaration {
            Declaration(standard: "", meaning: meaning, hasFlag: hasFlag, isSecret: isSecret)
        }

        static func text(
            _ standard: String, _ meaning: String, hasFlag: Bool = false
        ) -> Declaration {
            Declaration(standard: standard, meaning: meaning, hasFlag: hasFlag)
        }

        static func number(
            _ standard: Int, in range: ClosedRange<Int>, _ meaning: String, hasFlag: Bool = false
        ) -> Declaration {
            Declaration(standard: String(standard), range: range, meaning: meaning, hasFlag: hasFlag)
        }
    }

    private var declaration: Declaration {
        switch self {
        case .listen:
            .text(
                "127.0.0.1:8080", "addresses to listen on, comma-separated: host:port, [v6]:port or unix:/path",
                hasFlag: true)
        case .tlsCertificate: .text("a PEM file; with it, TLS is spoken on every port", hasFlag: true)
        case .tlsPrivateKey: .text("a PEM file, the certificate's key", hasFlag: true)
        case .tlsClientCa: .text("a PEM file of roots that clients' certificates must lead to", hasFlag: true)
        case .dataDir: .text("the only folder written to; $XDG_DATA_HOME/gand where empty", hasFlag: true)
        case .follow:
            .text(
                "the data directory of a server whose models to serve; data_dir then holds copies of them",
                hasFlag: true)
        case .apiKeys:
            .text("role:key, several with commas between; roles are read and admin", isSecret: true)
        case .apiKeysFile: .text("a file of API keys, role:key on each line; read again on SIGHUP", hasFlag: true)
        case .allowedHosts:
            .text(
                "names, comma-separated, by which a server on loopback may be called beside localhost", hasFlag: true)
        case .allowAnonymous: .text("false", "listen beyond loopback although there are no keys", hasFlag: true)
        case .threads:
            .number(0, in: 0...1024, "threads for connections and training; 0 is one a core", hasFlag: true)
        case .trainConcurrency: .number(1, in: 1...64, "trainings at a time", hasFlag: true)
        case .maxBodyBytes: .number(256 << 20, in: 1024...(1 << 40), "size of a request's body", hasFlag: true)
        case .maxParsingBytes:
            .number(
                0, in: 0...(1 << 50), "memory of all that is read at one time; 0 is half of what the machine has")
        case .maxConnections: .number(16_384, in: 1...1_000_000, "clients at a time", hasFlag: true)
        case .maxConnectionsPerAddress:
            .number(2048, in: 1...1_000_000, "clients at a time from one address", hasFlag: true)
        case .maxWaiting:
            .number(
                8192, in: 0...1_000_000, "requests that wait for something at a time (wait=, streams of events)")
        case .maxWaitingPerAddress: .number(1000, in: 0...1_000_000, "those from one address")
        case .maxRows: .number(5_000_000, in: 2...1_000_000_000, "rows to train on, or to score at once")
        case .maxColumns: .number(1024, in: 1...65_536, "columns to train on")
        case .maxTrainingBytes:
            .number(
                0, in: 0...(1 << 50),
                "memory that a training with its data may be estimated to take; 0 is what the machine has")
        case .maxSamples: .number(10_000_000, in: 1...1_000_000_000, "rows of one sample")
        case .maxQueuedJobs: .number(32, in: 1...10_000, "jobs that may wait")
        case .keepVersions: .number(5, in: 1...1000, "versions kept of a model")
        case .keepJobs: .number(1000, in: 1...1_000_000, "jobs that are over and remembered")
        case .minFreeDiskBytes:
            .number(
                64 << 20, in: 0...(1 << 50), "what must stay free on the disk for /train, imports and long bodies")
        case .snapshotSeconds:
            .number(30, in: 1...86_400, "time between checkpoints: what a killed training loses at most")
        case .shutdownTimeoutSeconds: .number(20, in: 0...3600, "time for answers in flight at SIGTERM")
        case .logLevel:
            .text(
                "info", "the least that is logged: trace, debug, info, notice, warning, error or critical",
                hasFlag: true)
        case .logFormat:
            .text("auto", "how lines are logged: text, json, or auto: text on a terminal, else json", hasFlag: true)
        }
    }

    /// Its key in the file; in capitals behind `GAND_`, its variable.
    package var name: String { words("_") }
    /// Its flag on the command line, where it has one.
    package var flag: String? { declaration.hasFlag ? words("-") : nil }
    package var standard: String { declaration.standard }
    /// What a whole number may be; `nil` for texts.
    package var range: ClosedRange<Int>? { declaration.range }
    package var meaning: String { declaration.meaning }
    /// Whether its value is never shown.
    package var isSecret: Bool { declaration.isSecret }

    private func words(_ separator: String) -> String {
        rawValue.reduce(into: "") { $0 += $1.isUppercase ? separator + $1.lowercased() : String($1) }
    }
}
