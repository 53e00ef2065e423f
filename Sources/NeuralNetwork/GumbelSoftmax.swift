/// Draws of categories by their logits, softened so that gradients pass: softmax((logits + g)/τ) with noise g =
/// −log(−log u) (Jang, Gu & Poole 2017, arXiv:1611.01144). The largest of logits + g is a draw from softmax(logits).
package struct GumbelSoftmax: Sendable, Equatable {
    /// The parts of a row that are choices, none of them empty; the rest of the row stays unchanged.
    package let choices: [Range<Int>]
    /// τ: the softer, the higher.
    package let temperature: Float

    package init(choices: [Range<Int>], temperature: Float = 0.2) {
        self.choices = choices
        self.temperature = temperature
    }

    /// Adds the noise of rows `row`... to their choices' logits; rows are `width` wide.
    package func perturb(_ rows: inout MutableSpan<Float>, width: Int, row: Int, random: Random) {
        guard !choices.isEmpty else { return }
        var noise = [Float](repeating: 0, count: width)
        for index in 0..<rows.count / width {
            var span = noise.mutableSpan
            random.fillUniform(&span, row: row + index, width: width)
            // Kept away from 0 and 1, where the logarithms are infinite.
            for i in 0..<width { span[i] = -logarithm(-logarithm(span[i] * 0.999_999_8 + 1e-7)) }
            var target = rows._mutatingExtracting(index * width..<(index + 1) * width)
            for choice in choices {
                for i in choice { target[i] += span[i] }
            }
        }
    }

    /// Overwrites perturbed logits with positive numbers that add up to 1 in each choice.
    package func soften(_ rows: inout MutableSpan<Float>, width: Int) {
        let sharpness = 1 / temperature
        for start in stride(from: 0, to: rows.count, by: width) {
            for choice in choices {
                var part = rows._mutatingExtracting(start + choice.lowerBound..<start + choice.upperBound)
                let count = part.count
                var largest = part[0]
                for i in 1..<max(count, 1) { largest = max(largest, part[i]) }
                for i in 0..<count { part[i] = exponential((part[i] - largest) * sharpness) }
                var sum: Float = 0
                for i in 0..<count { sum += part[i] }
                let scale = 1 / sum
                for i in 0..<count { part[i] *= scale }
            }
        }
    }

    /// Overwrites the largest of each choice with 1 and the others with 0.
    package func harden(_ rows: inout MutableSpan<Float>, width: Int) {
        for start in stride(from: 0, to: rows.count, by: width) { harden(row: &rows, at: start) }
    }

    /// The same, of the row that begins at `start`.
    package func harden(row: inout MutableSpan<Float>, at start: Int) {
        for choice in choices {
            var best = choice.lowerBound
            for i in choice where row[start + i] > row[start + best] { best = i }
            for i in choice { row[start + i] = i == best ? 1 : 0 }
        }
    }

    /// Overwrites the gradients of softened choices with those of their logits: y·(δ − Σ y·δ)/τ.
    ///
    /// - Parameter softened: the output of `soften`, with the same rows.
    package func backward(_ gradient: inout MutableSpan<Float>, softened: Span<Float>, width: Int) {
        precondition(gradient.count == softened.count)
        let sharpness = 1 / temperature
        for start in stride(from: 0, to: gradient.count, by: width) {
            for choice in choices {
                let y = softened.extracting(start + choice.lowerBound..<start + choice.upperBound)
                var part = gradient._mutatingExtracting(start + choice.lowerBound..<start + choice.upperBound)
                let count = part.count
                var sum: Float = 0
                for i in 0..<count { sum += y[i] * part[i] }
                for i in 0..<count { part[i] = y[i] * (part[i] - sum) * sharpness }
            }
        }
    }
}
