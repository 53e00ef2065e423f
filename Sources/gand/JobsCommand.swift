import ArgumentParser
import Client
import Formats

/// `gand jobs`: the trainings.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Lists, shows, follows, cancels and resumes jobs.",
        subcommands: [List.self, Show.self, WatchJob.self, Cancel.self, Resume.self], defaultSubcommand: List.self)

    /// The verb's job.
    struct JobArgument: ParsableArguments {
        @Argument(help: "The job's id, or latest.")
        var job = "latest"

        var path: String { "/jobs/\(Remote.escaped(job))" }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the jobs, newest first.")

        @OptionGroup var server: ServerOptions

        @Option(help: "Only jobs of this status: queued, running, succeeded, failed or canceled.")
        var status: String?

        @Option(name: .shortAndLong, help: "Only jobs of this model.")
        var model: String?

        @Option(help: "The largest number of jobs.")
        var limit = 20

        @Flag(help: "Print the server's JSON instead of a table.")
        var json = false

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                var query = [("limit", String(limit))]
                if let status { query.append(("status", status)) }
                if let model { query.append(("model", model)) }
                let answer = try server.remote().json("GET", "/jobs", query: query)
                guard !json else { return try Printer.write(json: answer) }
                var table = TextTable(["job", "model", "status", "progress", "rows", "created", "quality"])
                for element in answer["data"]?.list ?? [] {
                    let job = RemoteJob(element)
                    table.append([
                        job.id, job.reference, job.status, "\(Int(clamping: job.fraction * 100)) %", String(job.rows),
                        Times.text(job.createdAt), job.metrics["quality"].map(Figures.text) ?? "",
                    ])
                }
                try Printer.write(table.text)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints a job as JSON.")

        @OptionGroup var server: ServerOptions
        @OptionGroup var argument: JobArgument

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                try Printer.write(json: server.remote().json("GET", argument.path))
            }
        }
    }

    struct WatchJob: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch", abstract: "Shows the progress of a job until it is over.")

        @OptionGroup var server: ServerOptions
        @OptionGroup var argument: JobArgument

        func run() async throws {
            try Exit.reporting { () throws(Fault) in
                let remote = try server.remote()
                try JobFollowing(remote: remote, job: RemoteJob(remote.json("GET", argument.path))).run()
            }
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancels a job at its next step; the last snapshot is kept.")

        @OptionGroup var server: ServerOptions
        @OptionGroup var argument: JobArgument

        func run() throws {
            try Exit.reporting { () throws(Fault) in
                let job = RemoteJob(try server.remote().json("POST", "\(argument.path)/cancel"))
                Terminal.say("\(job.id) is being canceled")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Resumes a canceled or failed job from its checkpoint.")

        @OptionGroup var server: ServerOptions
        @OptionGroup var argument: JobArgument

        @Flag(name: .shortAndLong, help: "Return at once, without waiting for the job.")
        var detach = false

        func run() async throws {
            try Exit.reporting { () throws(Fault) in
                let remote = try server.remote()
                let job = RemoteJob(try remote.json("POST", "\(argument.path)/resume"))
                guard !detach else { return try Printer.write("\(job.id.printable)\n") }
                try JobFollowing(remote: remote, job: job).run()
            }
        }
    }
}
