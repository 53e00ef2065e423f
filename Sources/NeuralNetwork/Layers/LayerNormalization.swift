/// y = γ·x̂ + β with x̂ = (x − μ)/σ, for the mean μ and deviation σ of the row (Ba, Kiros & Hinton 2016,
/// arXiv:1607.06450).
package struct LayerNormalization: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    package let parameters: [Parameter]
    package var isPiecewiseLinear: Bool { false }

    /// - Parameters:
    ///   - name: the prefix of the parameters' names.
    ///   - offset: the first place of this layer in the network's flat weights.
    package init(width: Int, name: String, offset: Int) {
        inputs = width
        parameters = [
            Parameter(
                name: "\(name).weight", shape: [width], range: offset..<offset + width, fanIn: 1, initialization: .one),
            Parameter(
                name: "\(name).bias", shape: [width], range: offset + width..<offset + 2 * width, fanIn: 1,
                initialization: .zero),
        ]
    }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        let (scale, shift) = (weights.extracting(parameters[0].range), weights.extracting(parameters[1].range))
        for row in pass.sampleRows {
            let x = input[row..<row + 1]
            let moments = RowMoments(of: x)
            output.write(row..<row + 1) { y in
                for i in 0..<inputs { y[i] = scale[i] * moments.normalized(x[i]) + shift[i] }
            }
        }
        for row in pass.tangentRows {
            let x = input[row - pass.samples..<row - pass.samples + 1]
            let v = input[row..<row + 1]
            let moments = RowMoments(of: x)
            let means = moments.means(at: x) { v[$0] }
            output.write(row..<row + 1) { y in
                for i in 0..<inputs { y[i] = scale[i] * moments.derivative(of: v[i], at: x[i], means) }
            }
        }
    }

    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        let scale = weights.extracting(parameters[0].range)
        for row in pass.sampleRows {
            let x = input[row..<row + 1]
            let gradient = outputGradient[row..<row + 1]
            let moments = RowMoments(of: x)
            if let weightGradient {
                weightGradient.write(indices: parameters[0].range) { sum in
                    for i in 0..<inputs { sum[i] += gradient[i] * moments.normalized(x[i]) }
                }
                weightGradient.write(indices: parameters[1].range) { add(gradient, to: &$0) }
            }
            guard let inputGradient else { continue }
            let means = moments.means(at: x) { scale[$0] * gradient[$0] }
            inputGradient.write(row..<row + 1) { result in
                for i in 0..<inputs { result[i] = moments.derivative(of: scale[i] * gradient[i], at: x[i], means) }
            }
        }
        for row in pass.tangentRows {
            let sample = row - pass.samples
            let x = input[sample..<sample + 1]
            let v = input[row..<row + 1]
            let gradient = outputGradient[row..<row + 1]
            let moments = RowMoments(of: x)
            let means = moments.means(at: x) { v[$0] }
            weightGradient?.write(indices: parameters[0].range) { sum in
                for i in 0..<inputs { sum[i] += gradient[i] * moments.derivative(of: v[i], at: x[i], means) }
            }
            guard let inputGradient else { continue }
            // P, the derivative of x̂, is its own transpose: with u = γ·δ̇y and v = ẋ the tangent's gradient is Pu, and
            // the sample's gains −(uᵀPv)·x̂/(nσ) − ((x̂·v)·Pu + (x̂·u)·Pv)/(nσ).
            let others = moments.means(at: x) { scale[$0] * gradient[$0] }
            inputGradient.write(row..<row + 1) { result in
                for i in 0..<inputs { result[i] = moments.derivative(of: scale[i] * gradient[i], at: x[i], others) }
            }
            let product = mean(inputs) { scale[$0] * gradient[$0] * moments.derivative(of: v[$0], at: x[$0], means) }
            inputGradient.write(sample..<sample + 1) { result in
                for i in 0..<inputs {
                    let first = means.along * moments.derivative(of: scale[i] * gradient[i], at: x[i], others)
                    let second = others.along * moments.derivative(of: v[i], at: x[i], means)
                    result[i] -= moments.inverse * (product * moments.normalized(x[i]) + first + second)
                }
            }
        }
    }

    /// Normalized values are at most √n in absolute value.
    package func bound(weights: [Float], input: Double) -> Double {
        zip(parameters[0].range, parameters[1].range).map { scale, shift in
            abs(Double(weights[scale])) * Double(inputs).squareRoot() + abs(Double(weights[shift]))
        }.max() ?? 0
    }
}

/// The mean and deviation of a row.
private struct RowMoments {
    /// μ.
    let mean: Float
    /// 1/σ.
    let inverse: Float

    /// PyTorch's addend to the variance.
    private static let epsilon: Float = 1e-5

    init(of x: Span<Float>) {
        let center = NeuralNetwork.mean(x.count) { x[$0] }
        let variance = NeuralNetwork.mean(x.count) { (x[$0] - center) * (x[$0] - center) }
        mean = center
        inverse = 1 / (variance + Self.epsilon).squareRoot()
    }

    /// x̂.
    @inline(__always)
    func normalized(_ x: Float) -> Float { (x - mean) * inverse }

    /// The means of v and of v·x̂.
    @inline(__always)
    func means(at x: Span<Float>, _ v: (Int) -> Float) -> (plain: Float, along: Float) {
        (NeuralNetwork.mean(x.count, v), NeuralNetwork.mean(x.count) { v($0) * normalized(x[$0]) })
    }

    /// One value of Pv = (v − mean(v) − x̂·mean(v·x̂))/σ.
    @inline(__always)
    func derivative(of v: Float, at x: Float, _ means: (plain: Float, along: Float)) -> Float {
        (v - means.plain - normalized(x) * means.along) * inverse
    }
}
