import Formats
import GAN
import Models

/// Makes the bytes of a sample piece by piece, each a function of where it stands.
struct SampleSource: Sendable {
    struct Plan: Sendable {
        var count: Int
        var seed: UInt64
        var format: AnswerFormat
        var orientation: Table.Orientation?
        var withScores: Bool
    }

    private enum Part {
        case head, rows, scores, done
    }

    private let served: Served
    private let plan: Plan
    private let pieceRows: Int
    private let orientation: Table.Orientation
    private var part = Part.head
    private var row = 0
    private var writer: any TableWriter

    init(served: Served, plan: Plan, pieceRows: Int) {
        self.served = served
        self.plan = plan
        self.pieceRows = pieceRows
        orientation = plan.orientation ?? served.snapshot.manifest.encoder.orientation
        writer =
            switch plan.format {
            case .json: JSONRowWriter()
            case .ndjson: JSONRowWriter(separator: "\n")
            case .csv: CSVRowWriter()
            case .npy: NPYRowWriter(rowCount: plan.count)
            }
    }

    /// The next piece, or `nil` behind the last.
    mutating func next() throws -> [UInt8]? {
        var bytes: [UInt8] = []
        switch part {
        case .head:
            if plan.format == .json { appendHead(to: &bytes) }
            part = .rows
            if plan.count == 0 { return bytes + finishRows() }
            return bytes + (try rows())
        case .rows: return try rows()
        case .scores: return try scores()
        case .done: return nil
        }
    }

    private func appendHead(to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("model", served.model)
            writer.member("version", served.version)
            writer.member("step", served.snapshot.manifest.step)
            writer.member("seed", Int(plan.seed))
            writer.member("n", plan.count)
            writer.member("columns", served.snapshot.manifest.encoder.columns.map(\.name))
        }
        // The object stays open for the rows.
        bytes += writer.bytes.dropLast()
        bytes.append(contentsOf: ",\"data\":[".utf8)
    }

    private mutating func nextTable() -> Table {
        let end = min(plan.count, row + pieceRows)
        defer { row = end }
        return Table(
            columns: served.snapshot.sample(rows: row..<end, seed: plan.seed).columns, orientation: orientation)
    }

    private mutating func rows() throws -> [UInt8] {
        var table = nextTable()
        if plan.format != .json, plan.withScores {
            let scores = try served.snapshot.score(table).probabilities
            table = Table(
                columns: table.columns + [Column(name: "score", values: scores.map(Double.init), decimals: 6)],
                orientation: plan.format == .csv || orientation == .records ? .records : .rows)
        }
        var bytes: [UInt8] = []
        writer.append(table, to: &bytes)
        return row == plan.count ? bytes + finishRows() : bytes
    }

    private mutating func finishRows() -> [UInt8] {
        guard plan.format == .json else {
            part = .done
            return plan.format == .ndjson && plan.count > 0 ? [UInt8(ascii: "\n")] : []
        }
        guard plan.withScores else {
            part = .done
            return Array("]}\n".utf8)
        }
        // Scores come behind the rows, whose pieces are made once more rather than kept.
        part = plan.count == 0 ? .done : .scores
        row = 0
        return Array((plan.count == 0 ? "],\"scores\":[]}\n" : "],\"scores\":[").utf8)
    }

    private mutating func scores() throws -> [UInt8] {
        let isFirst = row == 0
        let scores = try served.snapshot.score(nextTable()).probabilities
        var bytes: [UInt8] = []
        for (index, score) in scores.enumerated() {
            if index > 0 || !isFirst { bytes.append(UInt8(ascii: ",")) }
            bytes.append(Double(score), decimals: 6)
        }
        if row == plan.count {
            part = .done
            bytes += "]}\n".utf8
        }
        return bytes
    }
}
