import ArgumentParser
import Client
import Formats
import HTTP

/// `gand train`: data to a server, and a model from it.
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learns a model from a file, and shows how far it is.",
        discussion: """
            Ctrl-C leaves the training to the server and says how to follow it. The model's name and version go to \
            standard output, with --detach the job's.

              gand train people.csv --model people --epochs 200
              zcat rows.csv.gz | gand train - --type zip=category
              gand train              # the demonstration: learns N(10, 1)
            """)

    @OptionGroup var server: ServerOptions

    @Argument(
        help: "CSV, JSON, NDJSON or NPY, also with .gz; - is standard input, and nothing the demonstration.",
        completion: .file())
    var file: String?

    @Option(name: .shortAndLong, help: "The model to make, or to make another version of.")
    var model: String?

    @Option(help: "How often every row is seen.")
    var epochs: Int?

    @Option(help: "Steps to train for; 0 is an untrained model.")
    var steps: Int?

    @Option(help: "Rows of a step.")
    var batchSize: Int?

    @Option(help: "What all random numbers follow from; one is drawn without it.")
    var seed: Int?

    @Option(help: "Seconds that the training and its evaluation may take.")
    var maxSeconds: Double?

    @Option(help: "Names of the columns, with commas between.")
    var columns: String?

    @Option(name: [.customLong("type")], help: "What a column is: zip=category. May be given several times.")
    var types: [Pair] = []

    @Option(
        name: [.customLong("constraint")],
        help: """
            What all rows keep: 'start<=end', combination:city:country or unique:id; none leaves out what the data tell. \
            May be given several times.
            """)
    var constraints: [String] = []

    @Option(help: "What learns: \(FamilyNames.listed); the data decide without it.")
    var family: String?

    @Option(name: [.customLong("option")], help: "An option of the family: latent_dim=16. May be given several times.")
    var options: [Pair] = []

    @Option(
        name: [.customLong("tag")], help: "A tag of the job and its version: team=blue. May be given several times.")
    var tags: [Pair] = []

    @Flag(help: "Begin with the weights of the version that serves.")
    var resume = false

    @Flag(help: "Keep the data when the job is over.")
    var keepData = false

    @Flag(help: "Check everything, say what would be done, and do nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not wait for the job.")
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
                Terminal.say("follow it: gand jobs watch \(job.id)")
                return try Printer.write("\(job.id.printable)\n")
            }
            try JobFollowing(remote: remote, job: job).run()
        }
    }

    /// What is asked for, as the server's query.
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
