/// What the hidden layers of a perceptron are made of beside their linear maps.
package struct HiddenLayers: Sendable {
    package var widths: [Int]
    package var activation: ActivationFunction
    package var initialization: Initialization
    /// Whether a layer as wide as the one before it is a residual block, x + W₂·φ(W₁·x).
    package var isResidual = false
    /// Whether every row is normalized before an activation.
    package var isNormalized = false
    /// The share of values that are dropped behind an activation.
    package var dropout: Float = 0

    package init(_ widths: [Int], activation: ActivationFunction, initialization: Initialization) {
        self.widths = widths
        self.activation = activation
        self.initialization = initialization
    }
}

extension Network {
    /// A perceptron: linear layers with an activation between any two.
    ///
    /// - Parameters:
    ///   - head: how the last layer's weights are drawn.
    ///   - seesDeviation: whether the last layer sees how much the rows of a group differ.
    package static func perceptron(
        inputs: Int, hidden: HiddenLayers, outputs: Int, head: Initialization, seesDeviation: Bool = false
    ) -> Network {
        var builder = PerceptronBuilder(hidden, inputs: inputs)
        for index in hidden.widths.indices { builder.appendHidden(index) }
        if seesDeviation { builder.append(MinibatchDeviation(width: builder.width)) }
        builder.appendLinear(outputs, name: "layers.\(hidden.widths.count)", initialization: head)
        return Network(builder.layers, blocks: builder.blocks)
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

/// Puts the layers of a perceptron one behind another.
private struct PerceptronBuilder {
    private(set) var layers: [any Layer] = []
    private(set) var blocks: [Range<Int>] = []
    /// What the next layer is given.
    private(set) var width: Int
    private let hidden: HiddenLayers
    private let innerInitialization: Initialization
    private var offset = 0
    private var dropouts = 0

    init(_ hidden: HiddenLayers, inputs: Int) {
        self.hidden = hidden
        width = inputs
        let blocks = zip(hidden.widths, hidden.widths.dropFirst()).count { $0 == $1 }
        // Fix-up: as many blocks as there are move no further than one would (Zhang, Dauphin & Ma 2019, arXiv:1901.09321,
        // with two layers in a block).
        innerInitialization = hidden.initialization.scaled(by: 1 / Float(max(blocks, 1)).squareRoot())
    }

    mutating func append(_ layer: any Layer) {
        layers.append(layer)
        offset = max(offset, layer.parameters.map(\.range.upperBound).max() ?? 0)
        width = layer.outputs
    }

    mutating func appendLinear(
        _ outputs: Int, name: String, initialization: Initialization, negativeSlope: Float? = nil,
        beginsBlock: Bool = false
    ) {
        var inputSlope: Float?
        // The first layer of a block is not the only one to read what it is given.
        if !beginsBlock, let last = layers.last as? Linear, last.negativeSlope != nil {
            inputSlope = last.negativeSlope
            layers[layers.count - 1] = last.withSlopeBehind
        }
        append(
            Linear(
                width, outputs, name: name, offset: offset, initialization: initialization,
                negativeSlope: negativeSlope, inputSlope: inputSlope))
    }

    /// A linear layer and the activation behind it.
    private mutating func appendActivated(
        _ outputs: Int, name: String, initialization: Initialization, prefix: String, beginsBlock: Bool = false
    ) {
        if case .leakyReLU(let slope) = hidden.activation, !hidden.isNormalized {
            appendLinear(
                outputs, name: name, initialization: initialization, negativeSlope: slope, beginsBlock: beginsBlock)
        } else {
            appendLinear(outputs, name: name, initialization: initialization, beginsBlock: beginsBlock)
            if hidden.isNormalized { append(LayerNormalization(width: width, name: "\(prefix).norm", offset: offset)) }
            append(Activation(hidden.activation, width: width))
        }
        guard hidden.dropout > 0 else { return }
        append(Dropout(rate: hidden.dropout, width: width, index: dropouts))
        dropouts += 1
    }

    mutating func appendHidden(_ index: Int) {
        let (name, outputs) = ("layers.\(index)", hidden.widths[index])
        guard hidden.isResidual, index > 0, outputs == width else {
            appendActivated(outputs, name: name, initialization: hidden.initialization, prefix: name)
            return
        }
        let start = layers.count
        appendActivated(
            outputs, name: "\(name).inner", initialization: innerInitialization, prefix: name, beginsBlock: true)
        // A block that adds nothing yet.
        appendLinear(outputs, name: "\(name).outer", initialization: .zero)
        blocks.append(start..<layers.count)
    }
}
