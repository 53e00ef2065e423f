/// The immutable description of a network: its layers and where each finds its part of the flat weights.
package final class Network: Sendable {
    package let layers: [any Layer]
    /// For each layer's input, and last for the output: the layer whose input is added to it, if any. What lies between
    /// the two is a residual block (He et al. 2016, arXiv:1512.03385).
    let shortcuts: [Int?]
    /// The same the other way: for each layer, where its input is added.
    private let ends: [Int?]
    package let inputs: Int
    package let outputs: Int
    /// The number of values in the weights.
    package let weightCount: Int

    /// - Parameter blocks: the layers of each residual block, which makes rows as wide as those that it is given.
    package init(_ layers: [any Layer], blocks: [Range<Int>] = []) {
        precondition(!layers.isEmpty)
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputs == next.inputs, "neighbouring layers differ in width")
        }
        var shortcuts = [Int?](repeating: nil, count: layers.count + 1)
        for block in blocks {
            precondition(
                layers[block.lowerBound].inputs == layers[block.upperBound - 1].outputs, "a block changes the width")
            shortcuts[block.upperBound] = block.lowerBound
        }
        self.layers = layers
        self.shortcuts = shortcuts
        var ends = [Int?](repeating: nil, count: layers.count)
        for block in blocks { ends[block.lowerBound] = block.upperBound }
        self.ends = ends
        inputs = layers[0].inputs
        outputs = layers[layers.count - 1].outputs
        keepsRowsApart = layers.allSatisfy(\.keepsRowsApart)
        weightCount = layers.flatMap(\.parameters).map(\.range.upperBound).max() ?? 0
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

    /// Whether every layer does. Where one does not, rows go through in whole blocks, so that they always have as many
    /// beside them.
    package let keepsRowsApart: Bool

    /// Whether every layer is, so that penalties take the short way.
    package var isPiecewiseLinear: Bool { layers.allSatisfy(\.isPiecewiseLinear) }

    /// Floating-point operations of one forward pass over a row.
    package var operationsPerRow: Int { 2 * weightCount }

    /// Fills the pass's rows of every activation from the same rows of `workspace.input`.
    package func forward(_ pass: Pass, weights: [Float], in workspace: Workspace) {
        for index in layers.indices {
            layers[index].forward(
                pass, weights: weights.span, input: workspace.activations[index],
                output: workspace.activations[index + 1])
            if let start = shortcuts[index + 1] {
                add(pass.rows, of: workspace.activations[start], to: workspace.activations[index + 1])
            }
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
        for index in layers.indices.reversed() {
            layers[index].backward(
                pass, weights: weights.span, input: workspace.activations[index],
                output: workspace.activations[index + 1], outputGradient: workspace.gradients[index + 1],
                inputGradient: index > 0 || toInput ? workspace.gradients[index] : nil,
                weightGradient: weightGradient)
            if let end = ends[index] { add(pass.rows, of: workspace.gradients[end], to: workspace.gradients[index]) }
        }
    }

    /// Adds rows of one matrix to those of another of the same width.
    private func add(_ rows: Range<Int>, of source: Matrix, to sum: Matrix) {
        sum.write(rows) { NeuralNetwork.add(source[rows], to: &$0) }
    }

    /// Adds to `weightGradient` that of the sample rows' outputs, each times the factor that stands in its tangent row
    /// of the output gradient, and of the tangent rows' outputs; expects the gradients of the samples' own outputs.
    func addFusedGradient(samples: Int, in workspace: Workspace, weightGradient: Matrix) {
        let factors = workspace.outputGradient[samples..<2 * samples]
        for index in layers.indices {
            layers[index].addFusedGradient(
                samples: samples, factors: factors, input: workspace.activations[index],
                outputGradient: workspace.gradients[index + 1], weightGradient: weightGradient)
        }
    }
}
