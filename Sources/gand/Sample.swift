import ArgumentParser
import Client
import Formats
import Foundation
import HTTP

/// `gand sample`: new rows from a model.
struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Generates new rows from a model.",
        discussion: """
              gand sample -n 5
              gand sample -m people -n 100000 -o synthetic.csv
              gand sample -m people -n 100 --where sex=Female --where age=30..40
              gand sample -m people -n 5000 --plot age
              gand sample -m pairs -n 5000 --plot x1,x2
              gand sample -m pairs -n 5000 --sampling refine
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var model: ModelOption

    @Option(name: .shortAndLong, help: "The number of rows.")
    var n = 10

    @Option(help: "The seed of all random numbers; default: a random one.")
    var seed: Int?

    @Option(
        name: .shortAndLong,
        help: "\(RowFormat.allValueStrings.listed(with: "or")); default: by the output's name, else csv.")
    var format: RowFormat?

    @Option(
        name: [.customLong("where")],
        help:
            "A condition on every row: city=Rome, age=30..40, cabin= for a gap, or a JSON object. May be repeated."
    )
    var conditions: [String] = []

    @Option(help: "plain; drs: only rows that the discriminator accepts; refine: rows moved towards those.")
    var sampling: SamplingMethod?

    @Flag(help: "Add a column: the score of each row, 0 for generated to 1 for real.")
    var scores = false

    @Option(name: .shortAndLong, help: "The file to write instead of standard output.", completion: .file())
    var output: String?

    @Option(help: "Draw a picture of one column, or of two as x,y, instead of writing rows.")
    var plot: String?

    func validate() throws {
        guard plot == nil || format == nil && output == nil else {
            throw ValidationError("--plot writes no rows: leave out --format and --output")
        }
    }

    func run() throws {
        try Exit.reporting { () throws(Fault) in
            let remote = try server.remote()
            var query = [("n", String(n)), ("model", model.model)]
            if let seed { query.append(("seed", String(seed))) }
            if let sampling { query.append(("sampling", sampling.name)) }
            if scores { query.append(("scores", "true")) }
            query.append(("format", plot == nil ? writtenAs.name : Format.json.name))
            let body = try ConditionArguments.body(conditions)
            let fields = body.isEmpty ? [] : [("Content-Type", "application/json")]
            guard let plot else {
                var exchange = try remote.open(
                    body.isEmpty ? "GET" : "POST", "/sample", query: query, fields: fields,
                    content: Exchange.Content(body))
                let output = try Output(output)
                try remote.copy(&exchange, to: output)
                return try output.finish()
            }
            let answer = try remote.json(
                body.isEmpty ? "GET" : "POST", "/sample", query: query, fields: fields, content: Exchange.Content(body))
            try draw(answer, plot)
        }
    }

    /// The flag's format, else the one of the output's name.
    private var writtenAs: Format {
        if let format { return format.format }
        let named = output.flatMap { Format(suffix: $0.split(separator: ".").last ?? "") }
        return named.flatMap { $0.writes.contains(.rows) ? $0 : nil } ?? .csv
    }

    private func draw(_ answer: JSONElement, _ plot: String) throws(Fault) {
        guard let data = answer["data"] else { throw .broken("the server's answer has no rows") }
        var table: Table
        do throws(FormatError) {
            table = try Table(json: data, at: "/data", limits: ReadingLimits(columns: 65_536))
        } catch {
            throw .broken("the rows of the server's answer cannot be read: \(error.detail)")
        }
        let names = answer["columns"]?.elements.compactMap(\.string).map { ByteText($0) } ?? []
        if table.orientation != .records, names.count == table.columns.count {
            table = Table(columns: zip(names, table.columns).map { $1.renamed($0) }, orientation: table.orientation)
        }
        if let scores = answer["scores"]?.elements.map({ $0.double ?? .nan }), scores.count == table.rowCount {
            table = Table(columns: table.columns + [Column(name: "score", values: scores)], orientation: .records)
        }
        let wanted = plot.utf8.split(separator: UInt8(ascii: ",")).map { ByteText(Substring($0)) }
        try Printer.write(Plot.text(of: table, columns: wanted, width: Terminal.width(of: STDOUT_FILENO)))
    }
}
