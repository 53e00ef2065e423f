import ArgumentParser
import Client

/// Which server a verb asks.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the server is: http://host:port, https://host or unix:/path.",
            discussion: "Without it, GAND_URL says so, and else it is \(Remote.standardURL). SSL_CERT_FILE names roots."
        ))
    var url: String?

    func remote() throws(Fault) -> Remote { try Remote(url: url) }
}

/// The model that a verb is about.
struct ModelOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model: a name, or a name@version.")
    var model = "default"
}
