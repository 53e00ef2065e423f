/// The distribution of a parameter's first values.
package enum Initialization: Sendable, Equatable {
    case zero
    case one
    /// N(0, gain²/fan-in): He et al. 2015 (arXiv:1502.01852) with gain √(2/(1 + slope²)) before a leaky ReLU.
    case normal(gain: Float)
    /// U(−1/√fan-in, 1/√fan-in), PyTorch's draw for the weights and biases of its `nn.Linear`.
    case torchLinear

    /// He et al.'s draw before a leaky ReLU of this slope.
    package static func he(slope: Float) -> Self { .normal(gain: (2 / (1 + slope * slope)).squareRoot()) }

    /// The same draw times `factor`.
    func scaled(by factor: Float) -> Self {
        if case .normal(let gain) = self { .normal(gain: gain * factor) } else { self }
    }

    /// The initialization of the bias that goes with these weights.
    var ofBias: Self {
        switch self {
        case .zero, .one, .normal: .zero
        case .torchLinear: .torchLinear
        }
    }

    /// Overwrites `values`, whose outputs each sum over `fanIn` inputs, with draws from row `row` of the stream.
    func fill(_ values: inout MutableSpan<Float>, fanIn: Int, random: Random, row: Int) {
        switch self {
        case .zero: for i in 0..<values.count { values[i] = 0 }
        case .one: for i in 0..<values.count { values[i] = 1 }
        case .normal(let gain):
            random.fillNormal(&values, row: row, width: values.count)
            let scale = gain / Float(fanIn).squareRoot()
            for i in 0..<values.count { values[i] *= scale }
        case .torchLinear:
            random.fillUniform(&values, row: row, width: values.count)
            let bound = 1 / Float(fanIn).squareRoot()
            for i in 0..<values.count { values[i] = (2 * values[i] - 1) * bound }
        }
    }
}
