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
    /// Whether the moving average of the generator is served rather than its last weights.
    package var movingAverage: Bool
}
