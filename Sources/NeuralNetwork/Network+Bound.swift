extension Network {
    /// No output can be farther from zero than this, whatever inputs no farther than `input` are given: with it, weights
    /// that somebody else has made are known to overflow nowhere.
    package func bound(weights: [Float], input: Double) -> Double {
        var bound = input
        for layer in layers {
            // Activations bring nothing farther from zero but the steps to one.
            guard let matrix = layer.parameters.first, let bias = layer.parameters.last else {
                bound = max(bound, 1)
                continue
            }
            var largest = 0.0
            for output in 0..<layer.outputs {
                let start = matrix.range.lowerBound + output * layer.inputs
                var sum = abs(Double(weights[bias.range.lowerBound + output]))
                for place in start..<start + layer.inputs { sum += abs(Double(weights[place])) * bound }
                largest = max(largest, sum)
            }
            bound = largest
        }
        return bound
    }
}
