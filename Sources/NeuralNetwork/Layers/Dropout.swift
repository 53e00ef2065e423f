/// Keeps each value of a training pass with a probability and scales it up, so that the mean stays; other passes are
/// unchanged (Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting").
///
/// The drops are a function of the training pass, the row and the layer, so neither shards nor threads nor a pause
/// change them; a tangent row has the drops of its sample row.
package struct Dropout: Layer {
    package let inputs: Int
    package var outputs: Int { inputs }
    package var parameters: [Parameter] { [] }
    package var isPiecewiseLinear: Bool { true }

    private let rate: Float
    private let index: Int

    /// - Parameters:
    ///   - rate: the share of values dropped, 0..<1.
    ///   - index: the index among the network's dropout layers; each draws its own numbers.
    package init(rate: Float, width: Int, index: Int) {
        precondition(rate >= 0 && rate < 1 && index < 256)
        self.rate = rate
        self.index = index
        inputs = width
    }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        drop(input, pass, to: output)
    }

    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        if let inputGradient { drop(outputGradient, pass, to: inputGradient) }
    }

    package func bound(weights: [Float], input: Double) -> Double { input }

    private func drop(_ source: Matrix, _ pass: Pass, to target: Matrix) {
        drop(source, pass.sampleRows, pass.training, first: pass.rows.lowerBound, to: target)
        drop(source, pass.tangentRows, pass.training, first: pass.samplesOfTangents.lowerBound, to: target)
    }

    /// - Parameter first: the sample row of the first row.
    private func drop(_ source: Matrix, _ rows: Range<Int>, _ training: Pass.Training?, first: Int, to target: Matrix) {
        let x = source[rows]
        let scale = 1 / (1 - rate)
        target.write(rows) { y in
            let count = x.count
            precondition(y.count == count)
            guard let training else {
                for i in 0..<count { y[i] = x[i] }
                return
            }
            let random = Random(seed: training.random.seed &+ UInt64(index) << 56, stream: training.random.stream)
            // The draws are stored in the place of the result.
            random.fillUniform(&y, row: training.row + first, width: inputs)
            for i in 0..<count { y[i] = y[i] < rate ? 0 : scale * x[i] }
        }
    }
}
