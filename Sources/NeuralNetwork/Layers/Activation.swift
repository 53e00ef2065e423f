/// The functions applied to single values.
package enum ActivationFunction: Sendable, Equatable {
    case identity
    /// x for positive x, slope·x otherwise, with a slope in [0, 1].
    case leakyReLU(slope: Float)
    case tanh
    case sigmoid
    /// x·σ(x).
    case silu
}

/// y = φ(x), value by value.
package struct Activation: Layer {
    package let function: ActivationFunction
    package let inputs: Int
    package var outputs: Int { inputs }
    package var parameters: [Parameter] { [] }

    package var isPiecewiseLinear: Bool { !function.isCurved }

    package init(_ function: ActivationFunction, width: Int) {
        self.function = function
        inputs = width
    }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        if !pass.sampleRows.isEmpty {
            let x = input[pass.sampleRows]
            output.write(pass.sampleRows) { apply(function, x, to: &$0) }
        }
        if !pass.tangentRows.isEmpty {
            let x = input[pass.samplesOfTangents]
            let tangent = input[pass.tangentRows]
            output.write(pass.tangentRows) { multiplyBySlope(function, at: x, tangent, into: &$0) }
        }
    }

    /// With a tangent ȧ beside a: δ̇a = φ'(a)·δ̇y and δa = φ'(a)·δy + φ''(a)·ȧ·δ̇y.
    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        guard let inputGradient else { return }
        func carry(_ rows: Range<Int>, at samples: Range<Int>) {
            guard !rows.isEmpty else { return }
            let x = input[samples]
            let gradient = outputGradient[rows]
            inputGradient.write(rows) { multiplyBySlope(function, at: x, gradient, into: &$0) }
        }
        carry(pass.sampleRows, at: pass.sampleRows)
        carry(pass.tangentRows, at: pass.samplesOfTangents)
        if !pass.tangentRows.isEmpty, function.isCurved {
            let x = input[pass.samplesOfTangents]
            let tangent = input[pass.tangentRows]
            let gradient = outputGradient[pass.tangentRows]
            inputGradient.write(pass.samplesOfTangents) { addCurvature(function, at: x, tangent, gradient, to: &$0) }
        }
    }

    /// No activation's absolute value is above its input's or 1, the larger of the two.
    package func bound(weights: [Float], input: Double) -> Double { max(input, 1) }
}
