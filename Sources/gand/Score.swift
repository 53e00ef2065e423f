import ArgumentParser
import Client
import Formats

/// `gand score`: scores of a file's rows.
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Scores the rows of a file, from 0 for generated to 1 for real.",
        discussion: """
              gand score people.csv -m people | sort -t, -k 16 | head
              echo '[9.8, 18.3]' | gand score - --format json
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var model: ModelOption

    @Argument(help: "A CSV, JSON, NDJSON or NPY file, also as .gz; - is standard input.", completion: .file())
    var file: String

    @Option(name: .shortAndLong, help: "csv: the rows with a column of scores; json: only the scores.")
    var format = ScoreFormat(format: .csv)

    @Flag(help: "Also the scoring network's output, the rank among unseen real rows, and the values that do not fit.")
    var detail = false

    @Option(name: .shortAndLong, help: "The file to write instead of standard output.", completion: .file())
    var output: String?

    func run() throws {
        try Exit.reporting { () throws(Fault) in
            let remote = try server.remote()
            let upload = try Upload(file)
            var query = [("model", model.model), ("format", format.format.name)]
            if detail { query.append(("detail", "true")) }
            var exchange = try remote.open(
                "POST", "/score", query: query, fields: upload.fields, content: upload.content)
            let output = try Output(output)
            try remote.copy(&exchange, to: output)
            try output.finish()
        }
    }
}
