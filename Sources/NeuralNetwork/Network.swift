/// The immutable description of a network: its layers, and the place of each in the flat weights.
package final class Network: Sendable {
    /// Brings the input of an earlier layer to the output of a later one.
    package struct Shortcut: Sendable {
        /// The layers that the shortcut bypasses.
        package var layers: Range<Int>
        package var join: Join

        package init(around layers: Range<Int>, _ join: Join) {
            (self.layers, self.join) = (layers, join)
        }
    }

    /// The way to join a shortcut with the output of its last layer.
    package enum Join: Sendable {
        /// The sum of both, which have the same width: a residual block (He et al. 2016, arXiv:1512.03385).
        case sum
        /// The last layer is a `Concatenation`, and the shortcut fills the places that it leaves open.
        case concatenation
    }

    package let layers: [any Layer]
    /// For each layer's input, then for the output: the shortcut that ends there, if any.
    let shortcuts: [Shortcut?]
    /// For each layer: the shortcut that begins at its input, if any.
    private let starts: [Shortcut?]
    package let inputs: Int
    package let outputs: Int
    /// The number of values in the weights.
    package let weightCount: Int
    /// Floating-point operations of one forward pass over a row.
    package let operationsPerRow: Int
    /// Whether every layer keeps rows apart. Where one does not, rows go through in whole blocks, so that the number of
    /// rows beside a row is always the same.
    package let keepsRowsApart: Bool
    /// Whether every layer is piecewise linear, as the fused gradient of penalties needs.
    package let isPiecewiseLinear: Bool

    /// - Parameter shortcuts: at most one begins and one ends at each layer.
    package init(_ layers: [any Layer], shortcuts given: [Shortcut] = []) {
        precondition(!layers.isEmpty)
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputs == next.inputs, "neighbouring layers differ in width")
        }
        var shortcuts = [Shortcut?](repeating: nil, count: layers.count + 1)
        var starts = [Shortcut?](repeating: nil, count: layers.count)
        for shortcut in given {
            let (first, last) = (layers[shortcut.layers.lowerBound], layers[shortcut.layers.upperBound - 1])
            switch shortcut.join {
            case .sum: precondition(first.inputs == last.outputs, "a residual block changes the width")
            case .concatenation:
                precondition(
                    (last as? Concatenation)?.otherWidth == first.inputs, "a concatenation is of another width")
            }
            precondition(starts[shortcut.layers.lowerBound] == nil && shortcuts[shortcut.layers.upperBound] == nil)
            starts[shortcut.layers.lowerBound] = shortcut
            shortcuts[shortcut.layers.upperBound] = shortcut
        }
        self.layers = layers
        self.shortcuts = shortcuts
        self.starts = starts
        inputs = layers[0].inputs
        outputs = layers[layers.count - 1].outputs
        weightCount = layers.flatMap(\.parameters).map(\.range.upperBound).max() ?? 0
        operationsPerRow = layers.reduce(0) { $0 + $1.operations }
        keepsRowsApart = layers.allSatisfy(\.keepsRowsApart)
        isPiecewiseLinear = layers.allSatisfy(\.isPiecewiseLinear)
    }

    package var parameters: [Parameter] { layers.flatMap(\.parameters) }

    /// The weights before training, a function of the random stream alone.
    package func initialWeights(_ random: Random) -> [Float] {
        var weights = [Float](repeating: 0, count: weightCount)
        for (row, parameter) in parameters.enumerated() {
            var span = weights.mutableSpan
            var values = span._mutatingExtracting(parameter.range)
            parameter.initialization.fill(&values, fanIn: parameter.fanIn, random: random, row: row)
        }
        return weights
    }

    /// Fills the pass's rows of every activation from the same rows of `workspace.input`.
    package func forward(_ pass: Pass, weights: [Float], in workspace: Workspace) {
        for index in layers.indices {
            let output = workspace.activations[index + 1]
            layers[index].forward(pass, weights: weights.span, input: workspace.activations[index], output: output)
            guard let shortcut = shortcuts[index + 1] else { continue }
            let source = workspace.activations[shortcut.layers.lowerBound]
            switch shortcut.join {
            case .sum: add(pass.rows, of: source, to: output)
            case .concatenation: (layers[index] as? Concatenation)?.join(pass.rows, of: source, to: output)
            }
        }
    }

    /// Propagates the pass's rows of `workspace.outputGradient` back.
    ///
    /// - Parameters:
    ///   - weightGradient: added to, if given (1 × weightCount).
    ///   - toInput: whether the gradient is propagated to `workspace.inputGradient`.
    package func backward(
        _ pass: Pass, weights: [Float], in workspace: Workspace, weightGradient: Matrix?, toInput: Bool
    ) {
        for index in layers.indices.reversed() {
            let hasInputGradient = index > 0 || toInput
            layers[index].backward(
                pass, weights: weights.span, input: workspace.activations[index],
                output: workspace.activations[index + 1], outputGradient: workspace.gradients[index + 1],
                inputGradient: hasInputGradient ? workspace.gradients[index] : nil, weightGradient: weightGradient)
            guard let shortcut = starts[index], hasInputGradient else { continue }
            let end = shortcut.layers.upperBound
            switch shortcut.join {
            case .sum: add(pass.rows, of: workspace.gradients[end], to: workspace.gradients[index])
            case .concatenation:
                (layers[end - 1] as? Concatenation)?.addOther(
                    pass.rows, of: workspace.gradients[end], to: workspace.gradients[index])
            }
        }
    }

    /// Adds rows of one matrix to the same rows of another of the same width.
    private func add(_ rows: Range<Int>, of source: Matrix, to sum: Matrix) {
        sum.write(rows) { NeuralNetwork.add(source[rows], to: &$0) }
    }

    /// Adds to `weightGradient` the gradient of the sample rows' outputs, each times the factor in its tangent row of
    /// the output gradient, and of the tangent rows' outputs; expects a backward pass of the samples' outputs
    /// themselves. For networks of one output.
    func addFusedGradient(samples: Int, in workspace: Workspace, weightGradient: Matrix) {
        let factors = workspace.outputGradient[samples..<2 * samples]
        for index in layers.indices {
            layers[index].addFusedGradient(
                samples: samples, factors: factors, input: workspace.activations[index],
                outputGradient: workspace.gradients[index + 1], weightGradient: weightGradient)
        }
    }
}
