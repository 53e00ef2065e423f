/// Appends one value to every row: the mean over the columns of their deviation within the row's group (Karras et al.
/// 2018, arXiv:1710.10196). It lets a discriminator detect a generator that repeats itself.
///
/// In a training pass every four rows are a group, and no group has rows of two kinds, such as real and generated; in
/// any other pass each row is a group of its own.
package struct MinibatchDeviation: Layer {
    package let inputs: Int
    package var outputs: Int { inputs + 1 }
    package var parameters: [Parameter] { [] }
    package var isPiecewiseLinear: Bool { false }

    package static let groupRows = 4
    /// Keeps the slope finite where all rows of a group are equal.
    private static let epsilon: Float = 1e-8

    package init(width: Int) { inputs = width }

    package func forward(_ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix) {
        let x = input.span
        output.write(pass.rows) { y in
            for (place, row) in pass.rows.enumerated() {
                for i in 0..<inputs { y[place * outputs + i] = x[row * inputs + i] }
            }
        }
        guard pass.training != nil else {
            fill(output, pass.sampleRows, with: Self.epsilon.squareRoot())
            fill(output, pass.tangentRows, with: 0)
            return
        }
        for row in groups(pass.sampleRows) {
            fill(output, row..<row + Self.groupRows, with: mean(inputs) { Column(x, row, $0, inputs).deviation })
        }
        for row in groups(pass.samplesOfTangents) {
            let tangent = mean(inputs) { index in
                Column(x, row, index, inputs).slope(along: Column(x, row + pass.samples, index, inputs))
            }
            fill(output, row + pass.samples..<row + pass.samples + Self.groupRows, with: tangent)
        }
    }

    /// With ṡ = Σ(x − μ)ẋ/(Gs), the tangent of s: δ̇x = δ̇s·(x − μ)/(Gs) and δx = δs·(x − μ)/(Gs) + δ̇s·((ẋ − μ̇)/(Gs)
    /// − (x − μ)·ṡ/(Gs²)), plus the gradients of the copied values.
    package func backward(
        _ pass: Pass, weights: Span<Float>, input: Matrix, output: Matrix, outputGradient: Matrix,
        inputGradient: Matrix?, weightGradient: Matrix?
    ) {
        guard let inputGradient else { return }
        let (x, gradient) = (input.span, outputGradient.span)
        inputGradient.write(pass.rows) { result in
            for (place, row) in pass.rows.enumerated() {
                for i in 0..<inputs { result[place * inputs + i] = gradient[row * outputs + i] }
            }
        }
        guard pass.training != nil else { return }
        /// The gradient of every column's deviation in a group.
        func share(_ row: Int) -> Float { Column(gradient, row, inputs, outputs).values.sum() / Float(inputs) }
        for row in groups(pass.sampleRows) {
            let share = share(row)
            add(to: inputGradient, row) { share * Column(x, row, $0, inputs).gradient }
        }
        for row in groups(pass.samplesOfTangents) {
            let share = share(row + pass.samples)
            add(to: inputGradient, row + pass.samples) { share * Column(x, row, $0, inputs).gradient }
            add(to: inputGradient, row) { index in
                let (column, tangent) = (
                    Column(x, row, index, inputs), Column(x, row + pass.samples, index, inputs)
                )
                return share * column.change(ofGradientAlong: tangent)
            }
        }
    }

    package func bound(weights: [Float], input: Double) -> Double { max(input, 1) }

    /// The first row of each group.
    private func groups(_ rows: Range<Int>) -> StrideTo<Int> {
        precondition(
            rows.lowerBound.isMultiple(of: Self.groupRows) && rows.upperBound.isMultiple(of: Self.groupRows),
            "a group of rows is not whole")
        return stride(from: rows.lowerBound, to: rows.upperBound, by: Self.groupRows)
    }

    /// Overwrites the appended value of the rows.
    private func fill(_ output: Matrix, _ rows: Range<Int>, with value: Float) {
        output.write(rows) { y in
            for place in 0..<rows.count { y[place * outputs + inputs] = value }
        }
    }

    /// Adds to the rows of a group, column by column.
    private func add(to matrix: Matrix, _ row: Int, _ values: (Int) -> SIMD4<Float>) {
        matrix.write(row..<row + Self.groupRows) { result in
            for index in 0..<inputs {
                let more = values(index)
                for place in 0..<Self.groupRows { result[place * inputs + index] += more[place] }
            }
        }
    }

    /// One column of a group, and its deviation.
    private struct Column {
        let values: SIMD4<Float>

        init(_ matrix: Span<Float>, _ row: Int, _ index: Int, _ width: Int) {
            let start = row * width + index
            values = SIMD4(
                matrix[start], matrix[start + width], matrix[start + 2 * width], matrix[start + 3 * width])
        }

        /// x − μ.
        var differences: SIMD4<Float> { values - values.sum() / 4 }
        /// s.
        var deviation: Float { ((differences * differences).sum() / 4 + MinibatchDeviation.epsilon).squareRoot() }
        /// The gradient of s.
        var gradient: SIMD4<Float> { differences / (4 * deviation) }

        func slope(along tangent: Column) -> Float { (gradient * tangent.values).sum() }

        func change(ofGradientAlong tangent: Column) -> SIMD4<Float> {
            let deviation = deviation
            return (tangent.differences - differences * slope(along: tangent) / deviation) / (4 * deviation)
        }
    }
}
