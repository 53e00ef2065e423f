/// The hidden layers of a perceptron: widths, activation, and the parts beside the linear maps.
package struct HiddenLayers: Sendable {
    package var widths: [Int]
    package var activation: ActivationFunction
    package var initialization: Initialization
    /// Whether a layer of the same width as the one before it is a residual block, x + W₂·φ(W₁·x).
    package var isResidual = false
    /// Whether every row is normalized before an activation.
    package var isNormalized = false
    /// The share of values dropped after an activation.
    package var dropout: Float = 0

    package init(_ widths: [Int], activation: ActivationFunction, initialization: Initialization) {
        self.widths = widths
        self.activation = activation
        self.initialization = initialization
    }
}
