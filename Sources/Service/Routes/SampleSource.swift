import Formats
import GAN
import Models

/// Makes the bytes of a sample piece by piece, each a function of where it stands.
struct SampleSource: Sendable {
    struct Plan: Sendable {
        var count: Int
        var seed: UInt64
        var format: Format
        var orientation: Table.Orientation?
        var withScores: Bool
        /// What rows have to be; of the rows that are made, only such are given.
        var condition: Condition?
        /// Whose texts take turns; of the rows that are made, only those are given whose turn it is.
        var balance: Balance?

        /// Whether rows are looked for among those that are made.
        var isSearch: Bool { condition != nil || balance != nil }
    }

    private enum Part {
        case head, rows, scores, done
    }

    private let served: Served
    private let sampling: Sampling
    private let plan: Plan
    private let pieceRows: Int
    private let statistics: Statistics
    private let orientation: Table.Orientation
    private var part = Part.head
    private var row = 0
    /// Finds the rows that are asked for among those that are made; `nil` where these are given as they are made.
    private var search: Search?
    private var writer: any TableWriter

    init(
        served: Served, sampling: Sampling, plan: Plan, pieceRows: Int, workers: DispatchWorkers, statistics: Statistics
    ) throws(Problem) {
        guard let writer = plan.format.writer?(plan.count) else {
            throw Problem(406, "not_acceptable", "\(plan.format.name) holds no rows")
        }
        self.writer = writer
        self.served = served
        self.sampling = sampling
        self.plan = plan
        self.pieceRows = pieceRows
        search = Search(
            in: sampling, of: served.snapshot, seed: plan.seed, for: plan.condition, balancing: plan.balance,
            by: workers)
        self.statistics = statistics
        orientation = plan.orientation ?? served.snapshot.manifest.encoder.orientation
    }

    /// The next piece, or `nil` behind the last.
    ///
    /// - Parameter isAbandoned: whether nobody waits for it any more; a search asks now and then.
    /// - Throws: `CancellationError` where it is abandoned.
    mutating func next(unless isAbandoned: () -> Bool = { false }) throws -> [UInt8]? {
        var bytes = part == .head && plan.format == .json ? head : []
        switch part {
        case .head:
            part = .rows
            try appendRows(to: &bytes, isAbandoned)
        case .rows: try appendRows(to: &bytes, isAbandoned)
        case .scores: try appendScores(to: &bytes, isAbandoned)
        case .done: return nil
        }
        return bytes
    }

    /// The floating-point operations that so many rows take; a search has no end that could be told before.
    func operations(rows: Int) -> Int {
        plan.isSearch ? .max : rows.multipliedReportingOverflow(by: sampling.operationsPerRow).partialValue
    }

    /// The same of a piece of a stream, which leaves its queue whatever it takes.
    var operationsPerPiece: Int { max(WorkQueues.shortestWork, operations(rows: pieceRows)) }

    /// Whether each of the next pieces is known by its place alone, so that several can be made at once.
    var canSkip: Bool { !plan.isSearch && part != .head && part != .done }

    /// Goes on behind the next piece without making it.
    mutating func skip() {
        row = min(plan.count, row + pieceRows)
        guard row == plan.count else { return }
        part = part == .rows && plan.format == .json && plan.withScores ? .scores : .done
        row = 0
    }

    /// What stands before the rows of a JSON answer.
    private var head: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("model", served.model)
            writer.member("version", served.version)
            writer.member("step", served.snapshot.manifest.step)
            writer.member("seed", Int(plan.seed))
            writer.member("n", plan.count)
            if sampling.method != .plain { writer.member("sampling", sampling.method.rawValue) }
            writer.member("acceptance_rate", sampling.acceptanceRate)
            writer.member("columns", served.snapshot.manifest.encoder.columns.map(\.name))
        }
        // The object stays open for the rows.
        var bytes = writer.take()
        bytes.removeLast()
        bytes += ",\"data\":[".utf8
        return bytes
    }

    private mutating func nextTable(_ isAbandoned: () -> Bool) throws -> Table {
        let end = min(plan.count, row + pieceRows)
        defer { row = end }
        let found = row < end ? try search?.next(row..<end, unless: isAbandoned) : nil
        let table = found ?? sampling.rows(row..<end, seed: plan.seed)
        return Table(columns: table.columns, orientation: orientation)
    }

    private mutating func appendRows(to bytes: inout [UInt8], _ isAbandoned: () -> Bool) throws {
        let began = ContinuousClock.now
        var table = try nextTable(isAbandoned)
        if plan.format != .json, plan.withScores {
            let scores = try served.snapshot.score(table).probabilities
            table = Table(
                columns: table.columns + [
                    Column(name: table.unusedName("score"), values: scores.map(Double.init), decimals: 6)
                ],
                orientation: plan.format == .csv || orientation == .records ? .records : .rows)
        }
        writer.append(table, to: &bytes)
        let seconds = (.now - began) / .seconds(1)
        statistics.change { [model = served.model, count = table.rowCount] numbers in
            numbers.samples[model, default: 0] += count
            numbers.sampleSeconds.add(seconds)
        }
        if row == plan.count { finishRows(to: &bytes) }
    }

    private mutating func finishRows(to bytes: inout [UInt8]) {
        part = .done
        guard plan.format == .json else {
            if plan.format == .ndjson, plan.count > 0 { bytes.append(UInt8(ascii: "\n")) }
            return
        }
        guard plan.withScores else { return bytes += "]}\n".utf8 }
        guard plan.count > 0 else { return bytes += "],\"scores\":[]}\n".utf8 }
        // Scores come behind the rows, whose pieces are made once more rather than kept.
        part = .scores
        row = 0
        bytes += "],\"scores\":[".utf8
    }

    private mutating func appendScores(to bytes: inout [UInt8], _ isAbandoned: () -> Bool) throws {
        let isFirst = row == 0
        let scores = try served.snapshot.score(try nextTable(isAbandoned)).probabilities
        for (index, score) in scores.enumerated() {
            if index > 0 || !isFirst { bytes.append(UInt8(ascii: ",")) }
            bytes.append(Double(score), decimals: 6)
        }
        guard row == plan.count else { return }
        part = .done
        bytes += "]}\n".utf8
    }
}
