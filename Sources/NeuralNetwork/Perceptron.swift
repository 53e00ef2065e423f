extension Network {
    /// A perceptron: linear layers with activations in between.
    ///
    /// - Parameters:
    ///   - head: the initialization of the last layer.
    ///   - seesDeviation: whether the last layer gets the minibatch deviation, too.
    package static func perceptron(
        inputs: Int, hidden: HiddenLayers, outputs: Int, head: Initialization, seesDeviation: Bool = false
    ) -> Network {
        var builder = NetworkBuilder(inputs: inputs)
        let blocks = zip(hidden.widths, hidden.widths.dropFirst()).count { $0 == $1 }
        // Fixup (Zhang, Dauphin & Ma 2019, arXiv:1901.09321, with two layers in a block): a step moves all blocks
        // together no further than it would move one.
        let inner = hidden.initialization.scaled(by: 1 / Float(max(blocks, 1)).squareRoot())
        for (index, width) in hidden.widths.enumerated() {
            let name = "layers.\(index)"
            guard hidden.isResidual, index > 0, width == builder.width else {
                builder.hidden(name, width, hidden, hidden.initialization, norm: "\(name).norm")
                continue
            }
            builder.residual { block in
                block.hidden("\(name).inner", width, hidden, inner, norm: "\(name).norm")
                // At first the block adds nothing.
                block.linear("\(name).outer", width, initialization: .zero)
            }
        }
        if seesDeviation { builder.append(MinibatchDeviation(width: builder.width)) }
        builder.linear("layers.\(hidden.widths.count)", outputs, initialization: head)
        return builder.network()
    }

    /// A perceptron whose hidden layers are plain linear maps and activations; without hidden layers, a single linear
    /// layer.
    package static func perceptron(
        inputs: Int, hidden: [Int], outputs: Int, activation: ActivationFunction,
        initialization: Initialization, head: Initialization
    ) -> Network {
        perceptron(
            inputs: inputs, hidden: HiddenLayers(hidden, activation: activation, initialization: initialization),
            outputs: outputs, head: head)
    }
}

extension NetworkBuilder {
    /// A linear layer, then normalization, activation and dropout.
    fileprivate mutating func hidden(
        _ name: String, _ outputs: Int, _ hidden: HiddenLayers, _ initialization: Initialization, norm: String
    ) {
        if case .leakyReLU(let slope) = hidden.activation, !hidden.isNormalized {
            linear(name, outputs, initialization: initialization, negativeSlope: slope)
        } else {
            linear(name, outputs, initialization: initialization)
            if hidden.isNormalized { normalization(norm) }
            activation(hidden.activation)
        }
        dropout(hidden.dropout)
    }
}
