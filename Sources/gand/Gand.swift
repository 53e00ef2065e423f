import ArgumentParser
import Service

/// The command line: one file for each verb.
@main
struct Gand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gand", abstract: "Generative adversarial networks as a service.",
        discussion: """
            train, sample, score, jobs and models talk to the server at GAND_URL, with the key in GAND_API_KEY.
            Data go to standard output, messages to standard error.

            Exit codes: 1 the job or the server failed, 64 usage, 65 data, 69 no server, 74 file or connection, \
            75 try again, 77 no permission, 78 configuration.
            """,
        version: "gand \(Release.version)",
        subcommands: [
            Serve.self, Train.self, Sample.self, Score.self, JobsCommand.self, ModelsCommand.self, HealthCheck.self,
            Config.self, Version.self,
        ])
}
