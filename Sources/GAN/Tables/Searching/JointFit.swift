import NeuralNetwork

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
    ///
    /// - Parameter allowance: fewer steps lead to the end of a short one.
    func weights(within allowance: Allowance) throws(Allowance.Interruption) -> [Float] {
        let realCount = cells.rowCount(real)
        var seen = [Int](repeating: 0, count: cells.count)
        for row in 0..<realCount { cells.forEach(real.span, row: row) { seen[$0] += 1 } }
        var weights = [Float](repeating: 0, count: cells.count + 1)
        var adam = Adam(weightCount: weights.count)
        let batchSize = min(Self.mostRows, Self.mostLooks / cells.tableCount)
        let decay = 2 * Self.priorRows / Float(realCount)
        let began = allowance.elapsed
        for step in 0..<Self.steps {
            try allowance.untilStopped.check()
            let progress = max(Float(step) / Float(Self.steps), Float(allowance.share(since: began)))
            guard progress < 1 else { break }
            var gradient = weights.map { decay * $0 }
            gradient[cells.count] = 0
            let drawn = 2 * step * batchSize
            add(real, target: 1, drawn..<drawn + batchSize, weights, to: &gradient)
            add(made, target: 0, drawn + batchSize..<drawn + 2 * batchSize, weights, to: &gradient)
            for cell in seen.indices where seen[cell] < Self.support { gradient[cell] = 0 }
            adam.update(
                &weights, gradient: gradient.span,
                learningRate: Self.learningRate * (1 - progress), beta1: 0.9, beta2: 0.999)
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
