package import Formats
package import NeuralNetwork

/// A search for rows that meet a condition, or whose turn it is, among all that are drawn.
package struct Search: Sendable {
    private let sampling: Sampling
    private let seed: UInt64
    /// What rows have to be.
    private let condition: Condition?
    /// Whose texts take turns.
    private let balance: Balance?
    /// The threads that generate the candidates.
    private let workers: any Workers
    /// A search gives up after this many rows without a match.
    private let patience: Int
    /// The row to go on with.
    private var row = 0

    private static let candidateRows = 4_096
    /// The patience with a table of up to six columns; wide ones, whose rows take longer, get less.
    private static let (patience, patientColumns, leastPatience) = (1_048_576, 6, 65_536)

    /// - Returns: `nil` where every row is a match.
    package init?(
        in sampling: Sampling, of snapshot: Snapshot, seed: UInt64, for condition: Condition?,
        balancing balance: Balance?,
        by workers: any Workers
    ) {
        guard condition != nil || balance != nil else { return nil }
        self.sampling = sampling
        self.seed = seed
        self.condition = condition
        self.balance = balance
        self.workers = workers
        let columns = max(Self.patientColumns, snapshot.manifest.encoder.columns.count)
        patience = max(Self.leastPatience, Self.patience * Self.patientColumns / columns)
    }

    /// The rows of an answer that are wanted next; those from 0 on begin a new search.
    ///
    /// - Parameter isAbandoned: whether nobody waits for them any more, which is asked now and then.
    /// - Throws: `SpecificationError` where there are none, and `CancellationError` where the search is abandoned.
    package mutating func next(_ wanted: Range<Int>, unless isAbandoned: () -> Bool) throws -> Table {
        if wanted.lowerBound == 0 { row = 0 }
        let turns = balance?.texts.count ?? 1
        var missing = [Int](repeating: 0, count: turns)
        for place in wanted { missing[place % turns] += 1 }
        var parts: [Table] = []
        // Of each turn, where its rows are among those that were found.
        var found = [[Int]](repeating: [], count: turns)
        var (count, since) = (0, 0)
        var passedOver = [Int](repeating: 0, count: turns)
        let first = row
        var ahead: ArraySlice<Sampling.Candidates> = []
        while count < wanted.count {
            guard since < patience else {
                throw SpecificationError(
                    .invalidParameter, at: condition == nil ? "query:balance" : "/where",
                    "none of \(patience) rows in a row is one that is asked for")
            }
            guard !isAbandoned() else { throw CancellationError() }
            if ahead.isEmpty {
                let ranges = ranges(missing: wanted.count - count, found: count, among: row - first)
                ahead = sampling.candidates(ranges, seed: seed, workers)[...]
            }
            let rows = row..<row + Self.candidateRows
            let candidates = ahead.removeFirst()
            let table = candidates.table
            let places = balance?.places(of: table)
            var matches: [Int] = []
            var isFound = false
            for candidate in condition?.rows(of: table) ?? Array(0..<table.rowCount) {
                guard let turn = places.map({ $0[candidate] }) ?? 0, missing[turn] > 0 else { continue }
                isFound = true
                guard candidates.isGiven(candidate) || passedOver[turn] == Sampling.attempts else {
                    passedOver[turn] += 1
                    continue
                }
                passedOver[turn] = 0
                missing[turn] -= 1
                found[turn].append(count)
                matches.append(candidate)
                count += 1
                if count == wanted.count { break }
            }
            // The next search goes on behind the last row that was taken.
            row = count == wanted.count ? rows.lowerBound + (matches.last ?? 0) + 1 : rows.upperBound
            since = isFound ? 0 : since + rows.count
            parts.append(table.rows(matches).withoutUnusedTexts)
        }
        let joined = Table(joining: parts)
        guard turns > 1 else { return joined }
        var next = [Int](repeating: 0, count: turns)
        return joined.rows(
            wanted.map { place in
                defer { next[place % turns] += 1 }
                return found[place % turns][next[place % turns]]
            })
    }

    /// The ranges to search at once: as many as there are workers, but no more than are likely to be needed.
    private func ranges(missing: Int, found: Int, among rows: Int) -> [Range<Int>] {
        let needed = found == 0 ? (rows == 0 ? 1 : .max) : (missing * rows / found + 1) / Self.candidateRows + 1
        return (0..<min(needed, workers.count)).map { part in
            let start = row + part * Self.candidateRows
            return start..<start + Self.candidateRows
        }
    }
}
