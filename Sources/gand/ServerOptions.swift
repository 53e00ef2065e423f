import ArgumentParser
import Client

/// The verb's server.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server: http://host:port, https://host or unix:/path.",
            discussion: "Default: GAND_URL, else \(Remote.standardURL). SSL_CERT_FILE: a file of root certificates."
        ))
    var url: String?

    func remote() throws(Fault) -> Remote { try Remote(url: url) }
}

/// The verb's model.
struct ModelOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model: name or name@version.")
    var model = "default"
}
