import NeuralNetwork

/// How much more often real rows have the values that a row has together than generated ones: the logarithm of the ratio of
/// their densities, as a sum over pairs of a row's parts and some triples (a log-linear model, fitted by telling one from the
/// other; Sugiyama, Suzuki & Kanamori 2012, "Density ratio estimation in machine learning", §4).
///
/// A generator that has learned how columns hang together is still off by some rows in a thousand here and there. What is
/// looked for by a condition may be no more than some rows in a thousand.
package struct JointOdds: Sendable, Equatable, Codable {
    /// What of an encoded row there is to tell apart.
    enum Part: Sendable, Equatable, Codable {
        case choice(Range<Int>)
        /// The place that says that the row has the number, where there are others; and the upper edges of bins.
        case number(index: Int, place: Int?, edges: [Float])

        /// One more than there are values: none of them.
        var binCount: Int {
            switch self {
            case .choice(let places): places.count + 1
            case .number(_, _, let edges): edges.count + 2
            }
        }

        /// The bin of the row that begins at `start`.
        func bin(_ rows: Span<Float>, at start: Int) -> UInt16 {
            switch self {
            case .choice(let places):
                return UInt16((places.first { rows[start + $0] == 1 } ?? places.upperBound) - places.lowerBound)
            case .number(let index, let place, let edges):
                guard place.map({ rows[start + $0] == 1 }) ?? true else { return UInt16(edges.count + 1) }
                return UInt16(edges.partitionIndex { $0 > rows[start + index] })
            }
        }

        /// Whether it is one of rows so wide, whoever made it.
        func isSound(width: Int) -> Bool {
            switch self {
            case .choice(let places): places.lowerBound >= 0 && places.upperBound <= width
            case .number(let index, let place, let edges):
                0..<width ~= index && 0..<width ~= place ?? 0 && edges.allSatisfy(\.isFinite)
                    && zip(edges, edges.dropFirst()).allSatisfy(<)
            }
        }
    }

    let parts: [Part]
    /// Which of the generated rows a search gives away.
    let rejection: Rejection

    private static let (maximumParts, maximumBins, maximumWeights) = (40, 1 << 15, 1 << 19)
    /// Of equal frequency, by as many rows.
    private static let (numberBins, binnedRows) = (8, 32_768)

    /// The parts of an encoder's rows; `nil` where there are too few to have pairs, or too many.
    ///
    /// - Parameter real: encoded rows of the data.
    static func parts(of encoder: TableEncoder, real: CompactRows) -> [Part]? {
        guard 2...maximumParts ~= encoder.choices.count + encoder.numbers.count else { return nil }
        let rows = evenSteps(min(binnedRows, real.count), through: real.count)
        let numbers = encoder.numbers.map { index, place in
            let having = rows.filter { row in place.map { real.value(row, $0) == 1 } ?? true }
            let values = having.map { real.value($0, index) }.sorted()
            var edges: [Float] = []
            for bin in 1..<numberBins where !values.isEmpty {
                let edge = values[bin * values.count / numberBins]
                if edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
            }
            return Part.number(index: index, place: place, edges: edges)
        }
        let parts = encoder.choices.map(Part.choice) + numbers
        return cells(of: parts) == nil ? nil : parts
    }

    /// The cells of parts; `nil` where they are too many.
    private static func cells(of parts: [Part]) -> JointCells? {
        guard parts.count <= maximumParts, parts.allSatisfy({ $0.binCount <= maximumBins }) else { return nil }
        let cells = JointCells(parts)
        return cells.count <= maximumWeights ? cells : nil
    }

    /// Whether it can be asked about rows of that width with as many weights, whoever made it.
    func isSound(width: Int, weightCount: Int) -> Bool {
        parts.allSatisfy { $0.isSound(width: width) } && rejection.isSound
            && Self.cells(of: parts)?.count == weightCount - 1
    }
}

/// The cells of the tables that a row has one of each in: of every two parts, and of every three two of which are as good as
/// yes or no, a table as large as their bins make it.
struct JointCells {
    private struct Cells {
        /// The first of them.
        let start: Int
        /// The parts; a pair's third one is that which all rows have alike.
        let parts: (Int, Int, Int)
        /// The bins of the second and the third part.
        let binCounts: (Int, Int)
    }

    private let parts: [JointOdds.Part]
    private let tables: [Cells]
    /// Of all tables together.
    let count: Int
    var tableCount: Int { tables.count }

    private static let maximumTriples = 1_000

    init(_ parts: [JointOdds.Part]) {
        self.parts = parts
        let binCounts = parts.map(\.binCount) + [1]
        let same = parts.count
        var chosen: [(Int, Int, Int)] = []
        var triples = chosen
        for i in parts.indices {
            for j in 0..<i {
                chosen.append((i, j, same))
                // Two values, and none of them.
                for k in 0..<j where [i, j, k].count(where: { binCounts[$0] <= 3 }) >= 2 { triples.append((i, j, k)) }
            }
        }
        if triples.count <= Self.maximumTriples { chosen += triples }
        var count = 0
        tables = chosen.map { i, j, k in
            defer { count += binCounts[i] * binCounts[j] * binCounts[k] }
            return Cells(start: count, parts: (i, j, k), binCounts: (binCounts[j], binCounts[k]))
        }
        self.count = count
    }

    /// How many bins a row has: those of its parts, and the one that all have alike.
    private var binsPerRow: Int { parts.count + 1 }

    func rowCount(_ bins: [UInt16]) -> Int { bins.count / binsPerRow }

    /// The bins of encoded rows, row-major.
    func bins(_ rows: [Float], width: Int) -> [UInt16] {
        var bins: [UInt16] = []
        bins.reserveCapacity(rows.count / width * binsPerRow)
        for start in stride(from: 0, to: rows.count, by: width) {
            for part in parts { bins.append(part.bin(rows.span, at: start)) }
            bins.append(0)
        }
        return bins
    }

    /// The log-odds that each of the rows is real rather than generated: the sum of the weights of its cells, and of the
    /// last, which is all rows'.
    func logits(_ bins: [UInt16], weights: [Float]) -> [Float] {
        (0..<rowCount(bins)).map { logit(bins.span, row: $0, weights: weights.span) }
    }

    func logit(_ bins: Span<UInt16>, row: Int, weights: Span<Float>) -> Float {
        var sum = weights[count]
        forEach(bins, row: row) { sum += weights[$0] }
        return sum
    }

    @inline(__always)
    func forEach(_ bins: Span<UInt16>, row: Int, _ body: (_ cell: Int) -> Void) {
        let bins = bins.extracting(row * binsPerRow..<(row + 1) * binsPerRow)
        for table in tables {
            let (i, j, k) = (Int(bins[table.parts.0]), Int(bins[table.parts.1]), Int(bins[table.parts.2]))
            body(table.start + (i * table.binCounts.0 + j) * table.binCounts.1 + k)
        }
    }
}

/// Fits the weights of cells by telling real rows from generated ones.
struct JointFit {
    let cells: JointCells
    /// Bins of rows, row-major.
    let real: [UInt16]
    let made: [UInt16]
    let random: Random

    private static let steps = 600
    /// The most rows of either kind in a step, and the most looks into tables for them: some seconds in all.
    private static let (mostRows, mostLooks) = (2_048, 600_000)
    private static let learningRate: Float = 0.02
    /// The precision of the prior, a normal around 0, in rows. Measured on Adult: three times as much brings conditional
    /// distributions less near, and a third as much costs marginal ones.
    private static let priorRows: Float = 30
    /// Cells that fewer real rows are in say nothing: neither by chance nor of anybody.
    private static let support = 20

    /// One for each cell, and what is added to all.
    func weights() -> [Float] {
        let realCount = cells.rowCount(real)
        var seen = [Int](repeating: 0, count: cells.count)
        for row in 0..<realCount { cells.forEach(real.span, row: row) { seen[$0] += 1 } }
        var weights = [Float](repeating: 0, count: cells.count + 1)
        var adam = Adam(weightCount: weights.count)
        let batchSize = min(Self.mostRows, Self.mostLooks / cells.tableCount)
        let decay = 2 * Self.priorRows / Float(realCount)
        for step in 0..<Self.steps {
            var gradient = weights.map { decay * $0 }
            gradient[cells.count] = 0
            let drawn = 2 * step * batchSize
            add(real, target: 1, drawn..<drawn + batchSize, weights, to: &gradient)
            add(made, target: 0, drawn + batchSize..<drawn + 2 * batchSize, weights, to: &gradient)
            for cell in seen.indices where seen[cell] < Self.support { gradient[cell] = 0 }
            adam.update(
                &weights, gradient: gradient.span,
                learningRate: Self.learningRate * (1 - Float(step) / Float(Self.steps)), beta1: 0.9, beta2: 0.999)
        }
        return weights
    }

    /// Adds the gradient of the mean loss of rows drawn by chance.
    private func add(
        _ bins: [UInt16], target: Float, _ draws: Range<Int>, _ weights: [Float], to gradient: inout [Float]
    ) {
        var sum = gradient.mutableSpan
        random.forEachIndex(of: draws, below: cells.rowCount(bins)) { _, row in
            let error = (sigmoid(cells.logit(bins.span, row: row, weights: weights.span)) - target) / Float(draws.count)
            cells.forEach(bins.span, row: row) { sum[$0] += error }
            sum[cells.count] += error
        }
    }
}
