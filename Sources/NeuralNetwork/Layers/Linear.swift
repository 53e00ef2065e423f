/// y = φ(x·Wᵀ + b), with W stored as in PyTorch, outputs × inputs, and φ a leaky ReLU or the identity.
package struct Linear: Layer {
    package let inputs: Int
    package let outputs: Int
    package let parameters: [Parameter]
    package var isPiecewiseLinear: Bool { true }
    package var keepsRowsApart: Bool { isTiled(inputs, outputs) }
    /// The places of the weight and the bias in the network's flat weights.
    private let (weight, bias): (Range<Int>, Range<Int>)
    private(set) var negativeSlope: Float?
    /// The slope of the leaky ReLU that makes the inputs, where no other layer reads them: this layer's input gradient
    /// is then that of the ReLU's inputs, which costs less here than in the layer before.
    private let inputSlope: Float?
    /// Whether the next layer applies this layer's slope.
    private var hasSlopeBehind = false

    /// - Parameters:
    ///   - name: the prefix of the parameters' names, such as `layers.0`.
    ///   - offset: the first place of this layer in the network's flat weights.
    ///   - negativeSlope: the slope of a leaky ReLU of the outputs, in [0, 1]: it costs less here than as a layer of
    ///     its own.
    package init(
        _ inputs: Int, _ outputs: Int, name: String, offset: Int, initialization: Initialization,
        negativeSlope: Float? = nil, inputSlope: Float? = nil
    ) {
        precondition((0...1).contains(negativeSlope ?? 1), "the slope of a leaky ReLU must be in [0, 1]")
        self.inputs = inputs
        self.outputs = outputs
        self.negativeSlope = negativeSlope
        self.inputSlope = inputSlope
        weight = offset..<offset + inputs * outputs
        bias = weight.upperBound..<weight.upperBound + outputs
        parameters = [
            Parameter(
                name: "\(name).weight", shape: [outputs, inputs], range: weight, fanIn: inputs,
                initialization: initialization),
            Parameter(
                name: "\(name).bias", shape: [outputs], range: bias, fanIn: inputs,
                initialization: initialization.ofBias),
        ]
    }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        let (weight, bias) = (weights.extracting(weight), weights.extracting(bias))
        if !pass.sampleRows.isEmpty {
            output.write(pass.sampleRows) {
                multiply(
                    input[pass.sampleRows], by: weight, bTransposed: true, into: &$0, m: pass.sampleRows.count,
                    n: outputs, k: inputs, bias: bias, negativeSlope: negativeSlope)
            }
        }
        guard !pass.tangentRows.isEmpty else { return }
        // A tangent is the derivative of x·Wᵀ alone, times φ' at the sample.
        output.write(pass.tangentRows) {
            multiply(
                input[pass.tangentRows], by: weight, bTransposed: true, into: &$0, m: pass.tangentRows.count,
                n: outputs, k: inputs, negativeSlope: negativeSlope, slopesAt: output[pass.samplesOfTangents])
        }
    }

    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        let rows = pass.rows.count
        if let negativeSlope, !hasSlopeBehind { multiplyBySlope(negativeSlope, pass, output, outputGradient) }
        let gradient = outputGradient[pass.rows]
        if let weightGradient {
            weightGradient.write(indices: weight) { weight in
                multiply(
                    gradient, aTransposed: true, by: input[pass.rows], into: &weight, m: outputs, n: inputs, k: rows,
                    adding: true)
            }
            weightGradient.write(indices: bias) { bias in
                sumRows(gradient, rows: pass.sampleRows.count, addingTo: &bias)
            }
        }
        guard let inputGradient else { return }
        // Tangents have the slopes of their samples, which are other rows.
        let isOfSamples = pass.tangentRows.isEmpty
        inputGradient.write(pass.rows) {
            multiply(
                gradient, by: weights.extracting(weight), into: &$0, m: rows, n: inputs, k: outputs,
                negativeSlope: isOfSamples ? inputSlope : nil,
                slopesAt: inputSlope == nil || !isOfSamples ? nil : input[pass.rows])
        }
        if let inputSlope, !isOfSamples { multiplyBySlope(inputSlope, pass, input, inputGradient) }
    }

    /// The same layer without its leaky ReLU.
    var withoutSlope: Linear {
        var layer = self
        layer.negativeSlope = nil
        return layer
    }

    /// The same layer, whose slope the next layer applies to the gradient.
    var withSlopeBehind: Linear {
        var layer = self
        layer.hasSlopeBehind = true
        return layer
    }

    /// Turns gradients of φ's outputs into those of its inputs, which have the outputs' signs.
    private func multiplyBySlope(_ negativeSlope: Float, _ pass: Pass, _ output: Matrix, _ gradient: Matrix) {
        func multiply(_ rows: Range<Int>, at samples: Range<Int>) {
            guard !rows.isEmpty else { return }
            gradient.write(rows) { NeuralNetwork.multiplyBySlope(negativeSlope, at: output[samples], &$0) }
        }
        multiply(pass.sampleRows, at: pass.sampleRows)
        multiply(pass.tangentRows, at: pass.samplesOfTangents)
    }

    package func addFusedGradient(
        samples: Int, factors: Span<Float>, input: Matrix, outputGradient: Matrix, weightGradient: Matrix
    ) {
        input.write(samples..<2 * samples) { addScaledRows(input[0..<samples], factors: factors, to: &$0) }
        let gradient = outputGradient[0..<samples]
        weightGradient.write(indices: weight) { weight in
            multiply(
                gradient, aTransposed: true, by: input[samples..<2 * samples], into: &weight, m: outputs, n: inputs,
                k: samples, adding: true)
        }
        weightGradient.write(indices: bias) { bias in
            sumRows(gradient, rows: samples, factors: factors, addingTo: &bias)
        }
    }

    package func bound(weights: [Float], input: Double) -> Double {
        var largest = 0.0
        for output in 0..<outputs {
            let start = weight.lowerBound + output * inputs
            var sum = abs(Double(weights[bias.lowerBound + output]))
            for place in start..<start + inputs { sum += abs(Double(weights[place])) * input }
            largest = max(largest, sum)
        }
        return largest
    }
}
