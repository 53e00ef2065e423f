/// Builds a network layer by layer: it tracks the next layer's input width, the offset of its parameters in the flat
/// weights, and the prefix of their names.
package struct NetworkBuilder {
    /// The width of the next layer's input.
    package private(set) var width: Int
    private var layers: [any Layer] = []
    private var shortcuts: [Network.Shortcut] = []
    private var offset = 0
    private var prefix = ""
    private var dropouts = 0
    /// The first layer of the innermost open block.
    private var blockStart: Int?

    package init(inputs: Int) { width = inputs }

    package func network() -> Network { Network(layers, shortcuts: shortcuts) }

    /// Appends a layer of parameters named `prefix` + `name`.
    ///
    /// - Parameter make: makes the layer from its full name and the offset of its parameters in the flat weights.
    package mutating func append(_ name: String, _ make: (_ name: String, _ offset: Int) -> some Layer) {
        let layer = make(prefix + name, offset)
        precondition(layer.inputs == width, "the layer is of another width than the one before it")
        offset = layer.parameters.map(\.range.upperBound).max() ?? offset
        layers.append(layer)
        width = layer.outputs
    }

    /// Appends a layer without parameters.
    package mutating func append(_ layer: some Layer) { append("") { _, _ in layer } }

    /// Prefixes the names of the layers that `body` appends with `name` and a dot.
    package mutating func within(_ name: String, _ body: (inout NetworkBuilder) -> Void) {
        let outer = prefix
        prefix += "\(name)."
        body(&self)
        prefix = outer
    }

    /// A linear layer, and then a leaky ReLU of the slope, if given.
    package mutating func linear(
        _ name: String, _ outputs: Int, initialization: Initialization, negativeSlope: Float? = nil
    ) {
        var inputSlope: Float?
        // Only where no other layer reads the leaky ReLU's outputs, and nothing is added to them.
        let isJoint = layers.count == blockStart || layers.count == shortcuts.last?.layers.upperBound
        if !isJoint, let last = layers.last as? Linear, last.negativeSlope != nil {
            inputSlope = last.negativeSlope
            layers[layers.count - 1] = last.withSlopeBehind
        }
        append(name) { [width] name, offset in
            Linear(
                width, outputs, name: name, offset: offset, initialization: initialization,
                negativeSlope: negativeSlope, inputSlope: inputSlope)
        }
    }

    package mutating func normalization(_ name: String) {
        append(name) { [width] name, offset in LayerNormalization(width: width, name: name, offset: offset) }
    }

    package mutating func activation(_ function: ActivationFunction) { append(Activation(function, width: width)) }

    /// - Parameter rate: the share of values dropped; nothing is appended for 0.
    package mutating func dropout(_ rate: Float) {
        guard rate > 0 else { return }
        append(Dropout(rate: rate, width: width, index: dropouts))
        dropouts += 1
    }

    /// Adds the input of the layers of `body` to their output, which has the same width.
    package mutating func residual(_ body: (inout NetworkBuilder) -> Void) { join(.sum, body) }

    /// Appends the channels of the input of the layers of `body` to those of their output.
    ///
    /// - Parameter positions: the positions of a row, before and after; 1 for a plain row.
    package mutating func concatenating(positions: Int = 1, _ body: (inout NetworkBuilder) -> Void) {
        let other = width / positions
        join(.concatenation) { builder in
            body(&builder)
            builder.append(Concatenation(own: builder.width / positions, other: other, positions: positions))
        }
    }

    private mutating func join(_ join: Network.Join, _ body: (inout NetworkBuilder) -> Void) {
        let (outer, start) = (blockStart, layers.count)
        blockStart = start
        body(&self)
        blockStart = outer
        if join == .sum, let last = layers.last as? Linear, let slope = last.negativeSlope {
            // The slope follows the sign of the ReLU's output, which a sum hides.
            layers[layers.count - 1] = last.withoutSlope
            activation(.leakyReLU(slope: slope))
        }
        shortcuts.append(Network.Shortcut(around: start..<layers.count, join))
    }
}
