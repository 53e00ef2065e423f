package import NeuralNetwork

/// How a family's networks are trained.
package struct Recipe: Sendable {
    package var loss: Loss
    package var learningRate: Schedule
    package var beta1: Float
    package var beta2: Schedule
    /// γ of the gradient penalties on real and on generated rows; data are standardised, so γ has no unit.
    package var r1: Schedule
    package var r2: Schedule
    /// Whether γ is looked for: what is given is the middle of three that are tried.
    package var findsGamma = false
    /// What is left of the first γ while the discriminator is tuned to the served generator: rows are moved along its
    /// slopes, so that it must be smoother than at the end of the training.
    package var tuningShare: Float = 0
    /// λ of the penalty on the slope between real and generated rows.
    package var slopePenalty: Float = 0
    /// Whether the moving average of the generator is served rather than its last weights.
    package var movingAverage: Bool

    /// The penalties when `fraction` of the training is done, with γ so many times what is given.
    func penalty(at fraction: Float, factor: Float = 1) -> Penalty {
        Penalty(r1: r1.value(at: fraction) * factor, r2: r2.value(at: fraction) * factor, slope: slopePenalty)
    }

    /// The penalties while the discriminator is tuned, with γ so many times what is given.
    func tuningPenalty(factor: Float) -> Penalty {
        Penalty(r1: r1.from * tuningShare * factor, r2: r2.from * tuningShare * factor, slope: slopePenalty)
    }
}
