import Foundation

/// A perceptron in double precision and naive loops, to compare the engine with.
struct ReferenceNetwork {
    enum Function: CaseIterable, CustomStringConvertible {
        case identity, leakyReLU, tanh, sigmoid, silu

        func value(_ x: Double) -> Double {
            switch self {
            case .identity: x
            case .leakyReLU: x > 0 ? x : 0.2 * x
            case .tanh: Foundation.tanh(x)
            case .sigmoid: 1 / (1 + exp(-x))
            case .silu: x / (1 + exp(-x))
            }
        }

        /// By central differences, so that the engine's formula is not repeated here.
        func slope(_ x: Double) -> Double {
            switch self {
            case .leakyReLU: x > 0 ? 1 : 0.2
            default: (value(x + 1e-6) - value(x - 1e-6)) / 2e-6
            }
        }

        var description: String {
            switch self {
            case .identity: "identity"
            case .leakyReLU: "leaky ReLU"
            case .tanh: "tanh"
            case .sigmoid: "sigmoid"
            case .silu: "SiLU"
            }
        }
    }

    let widths: [Int]
    let function: Function
    var weights: [Double]

    /// The logit and its gradient by the row, for one output.
    func evaluate(_ row: [Double]) -> (logit: Double, gradient: [Double]) {
        var values = [row]
        var sums: [[Double]] = []
        var offset = 0
        var offsets: [Int] = []
        for layer in 0..<widths.count - 1 {
            let (inputs, outputs) = (widths[layer], widths[layer + 1])
            offsets.append(offset)
            var sum = [Double](repeating: 0, count: outputs)
            for output in 0..<outputs {
                sum[output] = weights[offset + inputs * outputs + output]
                for input in 0..<inputs {
                    sum[output] += weights[offset + output * inputs + input] * values[layer][input]
                }
            }
            offset += inputs * outputs + outputs
            sums.append(sum)
            values.append(layer == widths.count - 2 ? sum : sum.map(function.value))
        }
        var gradient = [1.0]
        for layer in (0..<widths.count - 1).reversed() {
            let (inputs, outputs) = (widths[layer], widths[layer + 1])
            if layer < widths.count - 2 {
                for output in 0..<outputs { gradient[output] *= function.slope(sums[layer][output]) }
            }
            var before = [Double](repeating: 0, count: inputs)
            for input in 0..<inputs {
                for output in 0..<outputs {
                    before[input] += weights[offsets[layer] + output * inputs + input] * gradient[output]
                }
            }
            gradient = before
        }
        return (values[widths.count - 1][0], gradient)
    }
}
