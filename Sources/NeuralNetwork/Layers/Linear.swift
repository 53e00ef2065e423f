/// y = x·Wᵀ + b, with W stored as PyTorch stores it: outputs × inputs.
package struct Linear: Layer {
    package let inputs: Int
    package let outputs: Int
    package let parameters: [Parameter]
    package var isPiecewiseLinear: Bool { true }

    /// - Parameters:
    ///   - name: the prefix of the parameters' names, such as `layers.0`.
    ///   - offset: where in the network's flat weights this layer begins.
    package init(_ inputs: Int, _ outputs: Int, name: String, offset: Int, initialization: Initialization) {
        self.inputs = inputs
        self.outputs = outputs
        let weights = offset..<offset + inputs * outputs
        parameters = [
            Parameter(
                name: "\(name).weight", shape: [outputs, inputs], range: weights, initialization: initialization),
            Parameter(
                name: "\(name).bias", shape: [outputs], range: weights.upperBound..<weights.upperBound + outputs,
                initialization: initialization.forBias(inputs: inputs)),
        ]
    }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        let values = input.values
        let (weight, bias) = (weights.extracting(parameters[0].range), weights.extracting(parameters[1].range))
        func map(_ rows: Range<Int>, bias: Span<Float>?) {
            guard !rows.isEmpty else { return }
            output.write(rows) {
                multiply(
                    values.span.extracting(input.indices(of: rows)), by: weight, bTransposed: true, into: &$0,
                    m: rows.count, n: outputs, k: inputs, bias: bias)
            }
        }
        map(pass.sampleRows, bias: bias)
        // A tangent is the derivative of x·Wᵀ alone.
        map(pass.tangentRows, bias: nil)
    }

    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        let rows = pass.rows.count
        let gradients = outputGradient.values
        let gradient = gradients.span.extracting(outputGradient.indices(of: pass.rows))
        if let weightGradient {
            let values = input.values
            let x = values.span.extracting(input.indices(of: pass.rows))
            weightGradient.write(indices: parameters[0].range) { weight in
                multiply(
                    gradient, aTransposed: true, by: x, into: &weight, m: outputs, n: inputs, k: rows, adding: true)
            }
            weightGradient.write(indices: parameters[1].range) { bias in
                sumRows(gradient, rows: pass.sampleRows.count, addingTo: &bias)
            }
        }
        inputGradient?.write(pass.rows) { x in
            multiply(
                gradient, by: weights.extracting(parameters[0].range), into: &x, m: rows, n: inputs, k: outputs)
        }
    }

    package func addFusedGradient(
        samples: Int, factors: Span<Float>, input: Matrix, outputGradient: Matrix, weightGradient: Matrix
    ) {
        input.write(0..<2 * samples) { addScaledSamples(to: &$0, rows: samples, factors: factors) }
        let gradients = outputGradient.values
        let gradient = gradients.span.extracting(outputGradient.indices(of: 0..<samples))
        let values = input.values
        let x = values.span.extracting(input.indices(of: samples..<2 * samples))
        weightGradient.write(indices: parameters[0].range) { weight in
            multiply(
                gradient, aTransposed: true, by: x, into: &weight, m: outputs, n: inputs, k: samples, adding: true)
        }
        weightGradient.write(indices: parameters[1].range) { bias in
            sumRows(gradient, rows: samples, factors: factors, addingTo: &bias)
        }
    }

    package func bound(weights: [Float], input: Double) -> Double {
        var largest = 0.0
        for output in 0..<outputs {
            let start = parameters[0].range.lowerBound + output * inputs
            var sum = abs(Double(weights[parameters[1].range.lowerBound + output]))
            for place in start..<start + inputs { sum += abs(Double(weights[place])) * input }
            largest = max(largest, sum)
        }
        return largest
    }
}
