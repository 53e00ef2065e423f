import ArgumentParser
import Client
import Formats

/// `gand score`: how real rows are.
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says how real each row of a file is, from 0 to 1.",
        discussion: """
              gand score people.csv -m people | sort -t, -k 16 | head
              echo '[9.8, 18.3]' | gand score - --format json
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var model: ModelOption

    @Argument(help: "CSV, JSON, NDJSON or NPY, also with .gz; - is standard input.", completion: .file())
    var file: String

    @Option(name: .shortAndLong, help: "csv: the rows with one more column; json: the scores alone.")
    var format = ScoreFormat(format: .csv)

    @Flag(help: "Also the output of the network that scores, the rank among real rows that are new to it, and misfits.")
    var detail = false

    @Option(name: .shortAndLong, help: "A file to write to instead of standard output.", completion: .file())
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
