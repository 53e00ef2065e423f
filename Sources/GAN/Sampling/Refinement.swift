import NeuralNetwork

/// Moves generated rows to where the discriminator takes them for real: some steps along its gradient, which at its best is
/// that of log(p/g) and so the way on which the Kullback-Leibler divergence falls (Ansari, Ang & Soh 2021, arXiv:2012.00780,
/// without noise and in the space of rows).
struct Refinement: Sendable {
    let discriminator: Network
    let weights: [Float]
    /// What makes log-odds of a logit's differences: a discriminator may be sharper or flatter than they are.
    let slope: Float

    /// Measured on Benchmarks/Toys: more of either draws rows together at the discriminator's peaks, or throws them beyond.
    private static let (steps, rate): (Int, Float) = (15, 0.001)

    /// How often a row goes through the discriminator, forth and back.
    static let passes = 3 * steps

    /// Changes encoded rows in place.
    ///
    /// - Parameter workspace: of the discriminator, with room for `count` rows.
    func move(_ rows: Matrix, count: Int, in workspace: Workspace) {
        let pass = Pass(samples: count)
        let rate = Self.rate * slope
        for _ in 0..<Self.steps {
            copy(rows, rows: count, to: workspace.input, at: 0)
            discriminator.forward(pass, weights: weights, in: workspace)
            workspace.outputGradient.fill(0..<count, with: 1)
            discriminator.backward(pass, weights: weights, in: workspace, weightGradient: nil, toInput: true)
            let gradient = workspace.inputGradient[0..<count]
            rows.write(0..<count) { values in
                for i in 0..<values.count {
                    let change = rate * gradient[i]
                    // Weights that somebody has brought may have any slope, or none that is a number.
                    values[i] += abs(change) <= 1 ? change : 0
                }
            }
        }
    }
}
