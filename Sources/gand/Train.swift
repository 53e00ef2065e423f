import ArgumentParser
import Client
import Formats
import HTTP

/// `gand train`: trains a model on a file.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains a model on a file, and shows its progress.",
        discussion: """
            After Ctrl-C the training goes on. The model's name and version go to standard output, or with --detach the \
            job's id.

              gand train people.csv --model people --epochs 200
              zcat rows.csv.gz | gand train - --type zip=category
              gand train              # the demonstration: learns N(10, 1)
            """)

    @OptionGroup var server: ServerOptions

    @Argument(
        help: "A CSV, JSON, NDJSON or NPY file, also as .gz; - is standard input; default: the demonstration.",
        completion: .file())
    var file: String?

    @Option(name: .shortAndLong, help: "The name of the model; an existing one gets a new version.")
    var model: String?

    @Option(help: "Passes over all rows.")
    var epochs: Int?

    @Option(help: "Training steps; 0 makes an untrained model.")
    var steps: Int?

    @Option(help: "Rows in each step.")
    var batchSize: Int?

    @Option(help: "The seed of all random numbers; default: a random one.")
    var seed: Int?

    @Option(help: "Largest time of the training and its evaluation, in seconds.")
    var maxSeconds: Double?

    @Option(help: "Names of the columns, comma-separated.")
    var columns: String?

    @Option(name: [.customLong("type")], help: "The type of a column: zip=category. May be repeated.")
    var types: [Pair] = []

    @Option(
        name: [.customLong("constraint")],
        help: """
            A rule for every row: 'start<=end', combination:city:country or unique:id; none turns off inferred rules. \
            May be repeated.
            """)
    var constraints: [String] = []

    @Option(help: "The kind of network: \(FamilyNames.listed); default: by the data.")
    var family: String?

    @Option(name: [.customLong("option")], help: "An option of the family: latent_dim=16. May be repeated.")
    var options: [Pair] = []

    @Option(
        name: [.customLong("tag")], help: "A tag of the job and its version: team=blue. May be repeated.")
    var tags: [Pair] = []

    @Flag(help: "Begin with the weights of the serving version.")
    var resume = false

    @Flag(help: "Keep the data after the job is over.")
    var keepData = false

    @Flag(help: "Check the request and print the plan, without training.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Return at once, without waiting for the job.")
    var detach = false

    func run() async throws {
        try Exit.reporting { () throws(Fault) in
            let remote = try server.remote()
            let upload = try file.map { path throws(Fault) in try Upload(path) }
            if file == "-", Terminal.isInteractive { Terminal.say("reading standard input") }
            let answer = try remote.json(
                "POST", "/train", query: query, fields: upload?.fields ?? [],
                content: upload?.content ?? Exchange.Content([]))
            guard !dryRun else { return try Printer.write(json: answer) }
            let job = RemoteJob(answer)
            for warning in job.warnings { Terminal.say("note: \(warning)") }
            guard !detach else {
                Terminal.say("to follow it: gand jobs watch \(job.id)")
                return try Printer.write("\(job.id.printable)\n")
            }
            try JobFollowing(remote: remote, job: job).run()
        }
    }

    /// The options as the server's query.
    private var query: [(String, String)] {
        var query: [(String, String)] = []
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { query.append((name, value.description)) }
        }
        add("model", model)
        add("epochs", epochs)
        add("steps", steps)
        add("batch_size", batchSize)
        add("seed", seed)
        add("max_seconds", maxSeconds)
        add("columns", columns)
        add("types", types.isEmpty ? nil : types.map { "\($0.name):\($0.value)" }.joined(separator: ","))
        add("constraints", constraints.isEmpty ? nil : constraints.joined(separator: ","))
        add("family", family)
        for option in options { add(option.name, option.value) }
        add("tags", tags.isEmpty ? nil : tags.map { "\($0.name):\($0.value)" }.joined(separator: ","))
        add("resume", resume ? true : nil)
        add("keep_data", keepData ? true : nil)
        add("dry_run", dryRun ? true : nil)
        return query
    }
}
