package import Formats
package import NeuralNetwork
import Synchronization

/// How rows are drawn from a snapshot, ready to draw any of them. Row i is a function of the weights, the method, the seed
/// and i alone.
package struct Sampling: Sendable {
    /// What the discriminator has to say.
    package enum Method: String, Sendable, CaseIterable {
        /// Nothing: rows are as the generator makes them.
        case plain
        /// Which of the rows are given away.
        case drs
        /// Where rows are moved.
        case refine
    }

    package let method: Method
    private let snapshot: Snapshot
    private let rejection: Rejection?
    private let refinement: Refinement?

    /// After so many rejected rows in the place of one, the best of them is given away, and in a search the next one.
    static let attempts = 64
    /// How far apart in the streams of random numbers the attempts of a row are: farther than any sample is long.
    private static let attemptStride = 1 << 40

    /// - Throws: `invalidParameter` for what the snapshot's discriminator cannot do.
    package init(_ method: Method, of snapshot: Snapshot) throws(SpecificationError) {
        self.method = method
        self.snapshot = snapshot
        guard method != .plain else {
            (rejection, refinement) = (nil, nil)
            return
        }
        guard let networks = snapshot.networks, let rejection = snapshot.manifest.rejection else {
            throw SpecificationError(
                .invalidParameter, at: "/sampling", "no discriminator of this version was compared with real rows")
        }
        guard networks.judgesRowsAlone else {
            throw SpecificationError(
                .invalidParameter, at: "/sampling",
                "the discriminator of this version judges several rows together, and so none of them alone")
        }
        guard method == .drs else {
            guard networks.choices?.choices.isEmpty ?? true else {
                throw SpecificationError(
                    .invalidParameter, at: "/sampling",
                    "rows with categories or gaps cannot be moved: refine is for numbers, drs for all")
            }
            self.rejection = nil
            refinement = Refinement(
                discriminator: networks.discriminator, weights: snapshot.discriminator, slope: rejection.slope)
            return
        }
        self.rejection = rejection
        refinement = nil
    }

    /// What share of the generator's rows is given away, where it is not all of them.
    package var acceptanceRate: Double? { rejection?.acceptanceRate }

    /// Floating-point operations that a row takes.
    package var operationsPerRow: Int {
        let rows = rejection.map { min(Double(Self.attempts), 1 / max(1e-9, $0.acceptanceRate)) } ?? 1
        let judging = snapshot.networks?.discriminator.operationsPerRow ?? 0
        return switch method {
        case .plain: snapshot.operationsPerRow
        case .drs: Int(rows) * (snapshot.operationsPerRow + judging)
        case .refine: snapshot.operationsPerRow + Refinement.passes * judging
        }
    }

    /// Rows to look for some among.
    package struct Candidates: Sendable {
        package let table: Table
        fileprivate let isChosen: (@Sendable (_ place: Int) -> Bool)?

        /// Whether the row may be given away: where there is no method, so many may be that values come together as often
        /// as they do in the data (`JointOdds`).
        package func isGiven(_ place: Int) -> Bool { isChosen?(place) ?? true }
    }

    package func candidates(_ rows: Range<Int>, seed: UInt64) -> Candidates {
        guard method == .plain, let joint = snapshot.manifest.joint else {
            return Candidates(table: self.rows(rows, seed: seed), isChosen: nil)
        }
        let width = snapshot.manifest.encoder.width
        var made = snapshot.generate(rows, seed: seed, refinement: nil)
        var span = made.mutableSpan
        snapshot.networks?.choices?.harden(&span, width: width)
        let chance = Random(seed: seed, stream: .rejection)
        let (cells, weights) = (JointCells(joint.parts), snapshot.jointWeights)
        return Candidates(table: snapshot.decode(made, row: rows.lowerBound, seed: seed)) { [made] place in
            let logit = cells.logits(
                cells.bins(Array(made[place * width..<(place + 1) * width]), width: width), weights: weights)[0]
            return Double(chance.uniform(row: rows.lowerBound + place)) < joint.rejection.probability(logit)
        }
    }

    /// The candidates of several ranges, made at once.
    package func candidates(_ parts: [Range<Int>], seed: UInt64, _ workers: any Workers) -> [Candidates] {
        let made = Mutex([Candidates?](repeating: nil, count: parts.count))
        workers.run(parts.count) { index in
            let candidates = candidates(parts[index], seed: seed)
            made.withLock { $0[index] = candidates }
        }
        return made.withLock { $0.compactMap(\.self) }
    }

    package func rows(_ rows: Range<Int>, seed: UInt64) -> Table {
        if let rejection, let networks = snapshot.networks {
            return snapshot.decode(chosen(rows, seed: seed, networks, rejection), row: rows.lowerBound, seed: seed)
        }
        return snapshot.sample(rows: rows, seed: seed, refinement: refinement)
    }

    /// Encoded rows, row-major: of each row's attempts the first that is not rejected.
    private func chosen(_ rows: Range<Int>, seed: UInt64, _ networks: Networks, _ rejection: Rejection) -> [Float] {
        let source = GeneratedRows(
            networks: networks, weights: snapshot.generator, latent: Random(seed: seed, stream: .sampling),
            choices: .hard)
        let chance = Random(seed: seed, stream: .rejection)
        let width = networks.generator.outputs
        var chosen = [Float](repeating: 0, count: rows.count * width)
        var best = [Float](repeating: -.infinity, count: rows.count)
        var waiting = Array(rows)
        for attempt in 0..<Self.attempts where !waiting.isEmpty {
            let made = source.rows(waiting.map { $0 + attempt * Self.attemptStride })
            let logits = snapshot.discriminatorLogits(made)
            var rejected: [Int] = []
            for (place, row) in waiting.enumerated() {
                let isRejected =
                    Double(chance.uniform(row: row, index: attempt)) >= rejection.probability(logits[place])
                if isRejected { rejected.append(row) }
                let index = row - rows.lowerBound
                guard !isRejected || logits[place] > best[index] else { continue }
                best[index] = logits[place]
                for column in 0..<width { chosen[index * width + column] = made[place * width + column] }
            }
            waiting = rejected
        }
        return chosen
    }
}
