import Formats
import GAN
import HTTP
import HTTPTypes
import Models

/// Makes the bytes of an answer to `/score` piece by piece.
struct ScoreSource: Sendable {
    /// Numbers, or names, of all rows under one name.
    private struct Section: Sendable {
        let name: String
        let write: @Sendable (_ row: Int, _ writer: inout JSONWriter) -> Void
    }

    private let served: Served
    private let scores: Snapshot.Scores
    /// The rows with their scores, of an answer in CSV.
    private let table: Table?
    /// The arrays of an answer in JSON.
    private let sections: [Section]
    private var csv = CSVRowWriter()
    private var json = JSONWriter()
    private var section = 0
    private var row = 0

    private static let pieceRows = 16_384

    /// - Parameter table: the rows, where they are to be written beside their scores.
    init(served: Served, scores: Snapshot.Scores, table: Table?, withDetail: Bool) {
        self.served = served
        self.scores = scores
        let names = served.snapshot.manifest.encoder.columns.map(\.name)
        self.table = table.map { Self.table($0, scores, names, withDetail: withDetail) }
        func numbers(_ name: String, _ values: [Float], decimals: Int) -> Section {
            Section(name: name) { row, writer in writer.value(Double(values[row]), decimals: decimals) }
        }
        var sections = [numbers("scores", scores.probabilities, decimals: 9)]
        if withDetail {
            sections.append(numbers("logits", scores.logits, decimals: 6))
            if let percentiles = scores.percentiles {
                sections.append(numbers("percentiles", percentiles, decimals: 6))
            }
            let misfits = scores.misfits
            sections.append(
                Section(name: "misfits") { row, writer in
                    if misfits[row] < 0 { writer.null() } else { writer.value(names[Int(misfits[row])]) }
                })
        }
        self.sections = sections
    }

    /// The rows with columns of their scores.
    private static func table(
        _ table: Table, _ scores: Snapshot.Scores, _ names: [ByteText], withDetail: Bool
    ) -> Table {
        func column(_ name: ByteText, _ values: [Float]) -> Column {
            Column(name: table.unusedName(name), values: values.map(Double.init), decimals: 6)
        }
        var columns = table.columns + [column("score", scores.probabilities)]
        if withDetail {
            columns.append(column("logit", scores.logits))
            if let percentiles = scores.percentiles { columns.append(column("percentile", percentiles)) }
            columns.append(
                Column(
                    name: table.unusedName("misfit"), values: scores.misfits.map { $0 < 0 ? .nan : Double($0) },
                    texts: names))
        }
        return Table(columns: columns, orientation: .records)
    }

    var fields: HTTPFields {
        guard table != nil else { return [.contentType: Format.json.contentType, .cacheControl: "no-store"] }
        return [
            .contentType: Format.csv.contentType, .cacheControl: "no-store", .model: served.model,
            .version: String(served.version), .step: String(served.snapshot.manifest.step),
        ]
    }

    private var rowCount: Int { scores.probabilities.count }

    /// Whether the answer has more than one piece.
    var isLong: Bool { rowCount > Self.pieceRows }

    /// All that is left.
    mutating func rest() -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = next() { bytes += piece }
        return bytes
    }

    /// The next piece, or `nil` behind the last.
    mutating func next() -> [UInt8]? {
        guard section < sections.count else { return nil }
        let rows = row..<min(rowCount, row + Self.pieceRows)
        row = rows.upperBound
        guard let table else {
            write(rows)
            return json.take()
        }
        var bytes: [UInt8] = []
        let isWhole = rows.count == rowCount
        csv.append(isWhole ? table : table.rows(Array(rows)).withoutUnusedTexts, to: &bytes)
        if row == rowCount { section = sections.count }
        return bytes
    }

    /// Writes some rows of the array that is under way.
    private mutating func write(_ rows: Range<Int>) {
        if section == 0, rows.lowerBound == 0 {
            json.beginObject()
            json.member("model", served.model)
            json.member("version", served.version)
            json.member("step", served.snapshot.manifest.step)
            json.member("n", rowCount)
        }
        if rows.lowerBound == 0 {
            json.key(sections[section].name)
            json.beginArray()
        }
        for row in rows { sections[section].write(row, &json) }
        guard row == rowCount else { return }
        json.endArray()
        if section == 0 { json.member("mean", scores.probabilities.reduce(0) { $0 + Double($1) } / Double(rowCount)) }
        section += 1
        row = 0
        guard section == sections.count else { return }
        json.endObject()
        json.newline()
    }
}
