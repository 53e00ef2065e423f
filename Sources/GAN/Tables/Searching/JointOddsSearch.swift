import Formats
import Glibc
import NeuralNetwork

/// Finds the joint odds of a trained generator.
struct JointOddsSearch {
    private let setup: TrainingSetup
    private let source: GeneratedRows
    private let parts: [JointOdds.Part]

    /// - Parameter weights: the generator's.
    /// - Returns: `nil` where rows are not held out, or have too few parts or too many.
    init?(_ setup: TrainingSetup, _ networks: Networks, _ weights: [Float]) {
        guard setup.family.makesRecords, setup.split.holdsOut,
            let parts = JointOdds.parts(of: setup.encoder, real: setup.training)
        else { return nil }
        (self.setup, self.parts) = (setup, parts)
        source = setup.served(networks, weights, .joint)
    }

    /// Rows of the data that joint odds are fitted to, and at a time of those that are generated.
    private static let (fittedRows, pieceRows) = (32_768, 1_024)
    /// Above it rows are taken to be alike: fewer are made in vain, and conditional distributions are hardly farther from
    /// the data's (measured on Adult).
    private static let quantile = 0.75
    /// Fewer generated rows tell too little.
    private static let fewestRows = 4_096

    /// The memory that finding them takes at the most: bins of rows, and weights with their gradient and its moments.
    static func bytes(_ encoder: TableEncoder, rows: Int) -> Int {
        guard let (parts, cells) = JointOdds.size(of: encoder) else { return 0 }
        return 2 * (parts + 1) * (4 * fittedRows + 2 * min(fittedRows, rows)) + 5 * 4 * cells
    }

    /// The joint odds, and their weights; `nil` where held-out rows do not bear them out.
    func odds(
        within time: Allowance
    ) throws(Allowance.Interruption) -> (odds: JointOdds, weights: [Float])? {
        let encoder = setup.encoder
        let (cells, width) = (JointCells(parts), encoder.width)
        let pieceRows = encoder.pieceRows(atMost: Self.pieceRows)
        /// The bins of rows, piece by piece: as floats they may take far more memory.
        func bins(
            _ rows: Range<Int>, within time: Allowance, _ piece: (Range<Int>) -> [Float]
        ) throws(Allowance.Interruption) -> [UInt16] {
            var bins: [UInt16] = []
            for row in stride(from: rows.lowerBound, to: rows.upperBound, by: pieceRows) where !time.isOver {
                try time.untilStopped.check()
                bins += cells.bins(piece(row..<min(row + pieceRows, rows.upperBound)), width: width)
            }
            guard !time.isOver || cells.rowCount(bins) >= Self.fewestRows else { throw .outOfTime }
            return bins
        }
        func bins(of rows: CompactRows, atMost count: Int) throws(Allowance.Interruption) -> [UInt16] {
            let places = evenSteps(min(count, rows.count), through: rows.count)
            return try bins(0..<places.count, within: time.untilStopped) { rows.rows(places[$0]) }
        }
        func made(_ rows: Range<Int>, within time: Allowance) throws(Allowance.Interruption) -> [UInt16] {
            try bins(rows, within: time) { source.rows($0.count, from: $0.lowerBound) }
        }
        let left = time.left
        let generated = try made(0..<2 * Self.fittedRows, within: time.part(leaving: 0.6 * left, atLeast: 0))
        let weights = try JointFit(
            cells: cells, real: bins(of: setup.training, atMost: Self.fittedRows), made: generated,
            random: setup.random(.jointDraws)
        ).weights(within: time.part(leaving: 0.2 * left, atLeast: 0))
        /// What it costs to tell rows by their odds, and how far that may be off by chance, squared.
        func loss(_ bins: [UInt16], sign: Float) -> (mean: Double, variance: Double) {
            let losses = cells.logits(bins, weights: weights).map { Double(softplus(sign * $0)) }
            let (mean, deviation) = losses.moments
            return (mean, deviation * deviation / Double(losses.count))
        }
        let unseen = try bins(of: setup.heldOut, atMost: Self.fittedRows)
        let others = try made(2 * Self.fittedRows..<3 * Self.fittedRows, within: time)
        let (real, fake) = (loss(unseen, sign: -1), loss(others, sign: 1))
        let doubt = 2 * (real.variance + fake.variance).squareRoot()
        guard real.mean + fake.mean + doubt < 2 * log(2) else { return nil }
        let rejection = Rejection(
            odds: .identity, generated: cells.logits(generated, weights: weights), quantile: Self.quantile)
        return (JointOdds(parts: parts, rejection: rejection), weights)
    }
}
