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

    private static let searchedRows = 4_096
    /// A search ends after this many rows without a match: of a table of up to six columns, and of wide ones fewer, whose
    /// rows take longer.
    private static let (patience, patientColumns, leastPatience) = (1_048_576, 6, 65_536)

    private enum Part {
        case head, rows, scores, done
    }

    private let served: Served
    private let sampling: Sampling
    private let plan: Plan
    private let pieceRows: Int
    /// Who make the rows that others are looked for among.
    private let workers: DispatchWorkers
    private let statistics: Statistics
    private let orientation: Table.Orientation
    private var part = Part.head
    private var row = 0
    /// How many rows have been looked at in a search.
    private var searched = 0
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
        self.workers = workers
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
    var operationsPerPiece: Int { max(Sampler.shortestWork, operations(rows: pieceRows)) }

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
        guard plan.isSearch, row < end else {
            return Table(columns: sampling.rows(row..<end, seed: plan.seed).columns, orientation: orientation)
        }
        let table = try search(for: row..<end, isAbandoned)
        return Table(columns: table.columns, orientation: orientation)
    }

    private var patience: Int {
        let columns = max(Self.patientColumns, served.snapshot.manifest.encoder.columns.count)
        return max(Self.leastPatience, Self.patience * Self.patientColumns / columns)
    }

    /// The next rows of the answer, found among all that are made.
    private mutating func search(for wanted: Range<Int>, _ isAbandoned: () -> Bool) throws -> Table {
        if wanted.lowerBound == 0 { searched = 0 }
        let turns = plan.balance?.texts.count ?? 1
        var missing = [Int](repeating: 0, count: turns)
        for row in wanted { missing[row % turns] += 1 }
        var parts: [Table] = []
        // Of each turn, where its rows are among those that were found.
        var found = [[Int]](repeating: [], count: turns)
        var (count, since) = (0, 0)
        var passedOver = [Int](repeating: 0, count: turns)
        let first = searched
        var ahead: ArraySlice<Sampling.Candidates> = []
        while count < wanted.count {
            guard since < patience else {
                throw Problem(
                    422, "invalid_parameter", "none of \(patience) rows in a row is one that is asked for",
                    pointer: plan.condition == nil ? "query:balance" : "/where")
            }
            guard !isAbandoned() else { throw CancellationError() }
            if ahead.isEmpty {
                let ranges = ranges(missing: wanted.count - count, found: count, among: searched - first)
                ahead = sampling.candidates(ranges, seed: plan.seed, workers)[...]
            }
            let rows = searched..<searched + Self.searchedRows
            let candidates = ahead.removeFirst()
            let table = candidates.table
            let places = plan.balance?.places(of: table)
            var right: [Int] = []
            var isFound = false
            for row in plan.condition?.rows(of: table) ?? Array(0..<table.rowCount) {
                guard let turn = places.map({ $0[row] }) ?? 0, missing[turn] > 0 else { continue }
                isFound = true
                guard candidates.isGiven(row) || passedOver[turn] == Sampling.attempts else {
                    passedOver[turn] += 1
                    continue
                }
                passedOver[turn] = 0
                missing[turn] -= 1
                found[turn].append(count)
                right.append(row)
                count += 1
                if count == wanted.count { break }
            }
            // The next search goes on behind the last row that was taken.
            searched = count == wanted.count ? rows.lowerBound + (right.last ?? 0) + 1 : rows.upperBound
            since = isFound ? 0 : since + rows.count
            parts.append(table.rows(right).withoutUnusedTexts)
        }
        let joined = Table(joining: parts)
        guard turns > 1 else { return joined }
        var next = [Int](repeating: 0, count: turns)
        return joined.rows(
            wanted.map { row in
                defer { next[row % turns] += 1 }
                return found[row % turns][next[row % turns]]
            })
    }

    /// The ranges to search at once: as many as there are workers, but no more than are likely to be needed.
    private func ranges(missing: Int, found: Int, among rows: Int) -> [Range<Int>] {
        let needed = found == 0 ? (rows == 0 ? 1 : .max) : (missing * rows / found + 1) / Self.searchedRows + 1
        return (0..<min(needed, workers.count)).map { part in
            let start = searched + part * Self.searchedRows
            return start..<start + Self.searchedRows
        }
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
