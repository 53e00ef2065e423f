/// The immutable description of a network: its layers and where each finds its part of the flat weights.
package struct Network: Sendable {
    package let layers: [any Layer]
    package let inputs: Int
    package let outputs: Int
    /// The number of values in the weights.
    package let weightCount: Int

    package init(_ layers: [any Layer]) {
        precondition(!layers.isEmpty)
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputs == next.inputs, "neighbouring layers differ in width")
        }
        self.layers = layers
        inputs = layers[0].inputs
        outputs = layers[layers.count - 1].outputs
        weightCount = layers.flatMap(\.parameters).map(\.range.upperBound).max() ?? 0
    }

    /// A perceptron: linear layers with an activation between any two.
    ///
    /// - Parameters:
    ///   - hidden: the widths of the hidden layers; empty gives a single linear layer.
    ///   - head: how the last layer's weights are drawn.
    package static func perceptron(
        inputs: Int, hidden: [Int], outputs: Int, activation: ActivationFunction,
        initialization: Initialization, head: Initialization
    ) -> Network {
        var layers: [any Layer] = []
        var offset = 0
        var width = inputs
        for (index, next) in (hidden + [outputs]).enumerated() {
            let isHead = index == hidden.count
            let linear = Linear(
                width, next, name: "layers.\(index)", offset: offset, initialization: isHead ? head : initialization)
            layers.append(linear)
            if !isHead { layers.append(Activation(activation, width: next)) }
            offset += width * next + next
            width = next
        }
        return Network(layers)
    }

    package var parameters: [Parameter] { layers.flatMap(\.parameters) }

    /// The weights before any training, a function of the random stream alone.
    package func initialWeights(_ random: Random) -> [Float] {
        var weights = [Float](repeating: 0, count: weightCount)
        for (row, parameter) in parameters.enumerated() {
            var span = weights.mutableSpan
            var values = span._mutatingExtracting(parameter.range)
            parameter.initialization.fill(
                &values, inputs: parameter.shape.last ?? 1, random: random, row: row)
        }
        return weights
    }

    /// Whether every layer is, so that penalties take the short way.
    package var isPiecewiseLinear: Bool { layers.allSatisfy(\.isPiecewiseLinear) }

    /// Floating-point operations of one forward pass over a row.
    package var operationsPerRow: Int { 2 * weightCount }

    /// Fills the pass's rows of every activation from the same rows of `workspace.input`.
    package func forward(_ pass: Pass, weights: [Float], in workspace: Workspace) {
        for (index, layer) in layers.enumerated() {
            layer.forward(
                pass, weights: weights.span, input: workspace.activations[index],
                output: workspace.activations[index + 1])
        }
    }

    /// Carries the pass's rows of `workspace.outputGradient` back.
    ///
    /// - Parameters:
    ///   - weightGradient: added to, if given (1 × weightCount).
    ///   - toInput: whether the gradient goes on to `workspace.inputGradient`.
    package func backward(
        _ pass: Pass, weights: [Float], in workspace: Workspace, weightGradient: Matrix?, toInput: Bool
    ) {
        for (index, layer) in layers.enumerated().reversed() {
            layer.backward(
                pass, weights: weights.span, input: workspace.activations[index],
                output: workspace.activations[index + 1], outputGradient: workspace.gradients[index + 1],
                inputGradient: index > 0 || toInput ? workspace.gradients[index] : nil,
                weightGradient: weightGradient)
        }
    }

    /// Adds to `weightGradient` that of the sample rows' outputs, each times the factor that stands in its tangent row
    /// of the output gradient, and of the tangent rows' outputs; expects the gradients of the samples' own outputs.
    func addFusedGradient(samples: Int, in workspace: Workspace, weightGradient: Matrix) {
        let outputGradients = workspace.outputGradient.values
        let factors = outputGradients.span.extracting(samples..<2 * samples)
        for (index, layer) in layers.enumerated() {
            layer.addFusedGradient(
                samples: samples, factors: factors, input: workspace.activations[index],
                outputGradient: workspace.gradients[index + 1], weightGradient: weightGradient)
        }
    }
}
