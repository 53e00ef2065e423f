extension Network {
    /// A perceptron: linear layers with an activation between any two.
    ///
    /// - Parameters:
    ///   - head: how the last layer's weights are drawn.
    ///   - seesDeviation: whether the last layer sees how much the rows of a group differ.
    package static func perceptron(
        inputs: Int, hidden: HiddenLayers, outputs: Int, head: Initialization, seesDeviation: Bool = false
    ) -> Network {
        var builder = NetworkBuilder(inputs: inputs)
        let blocks = zip(hidden.widths, hidden.widths.dropFirst()).count { $0 == $1 }
        // Fix-up: as many blocks as there are move no further than one would (Zhang, Dauphin & Ma 2019, arXiv:1901.09321,
        // with two layers in a block).
        let inner = hidden.initialization.scaled(by: 1 / Float(max(blocks, 1)).squareRoot())
        for (index, width) in hidden.widths.enumerated() {
            let name = "layers.\(index)"
            guard hidden.isResidual, index > 0, width == builder.width else {
                builder.hidden(name, width, hidden, hidden.initialization, norm: "\(name).norm")
                continue
            }
            builder.residual { block in
                block.hidden("\(name).inner", width, hidden, inner, norm: "\(name).norm")
                // A block that adds nothing yet.
                block.linear("\(name).outer", width, initialization: .zero)
            }
        }
        if seesDeviation { builder.append(MinibatchDeviation(width: builder.width)) }
        builder.linear("layers.\(hidden.widths.count)", outputs, initialization: head)
        return builder.network()
    }

    /// A perceptron whose hidden layers are nothing but linear maps and activations; none make a single linear layer.
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
    /// A linear layer, and the normalization, activation and dropout behind it.
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
