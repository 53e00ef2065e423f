extension Network {
    /// No value in the network can be farther from zero than this, whatever inputs no farther than `input` are given: with
    /// it, weights that somebody else has made are known to overflow nowhere.
    package func bound(weights: [Float], input: Double) -> Double {
        var bounds = [input]
        for (index, layer) in layers.enumerated() {
            let bound = layer.bound(weights: weights, input: bounds[index])
            bounds.append(bound + (shortcuts[index + 1].map { bounds[$0.layers.lowerBound] } ?? 0))
        }
        return bounds.max() ?? input
    }
}
