extension Network {
    /// A bound of the absolute values of all activations, where `input` bounds those of the inputs: it proves that
    /// imported weights overflow nowhere.
    package func bound(weights: [Float], input: Double) -> Double {
        var bounds = [input]
        for (index, layer) in layers.enumerated() {
            let bound = layer.bound(weights: weights, input: bounds[index])
            bounds.append(bound + (shortcuts[index + 1].map { bounds[$0.layers.lowerBound] } ?? 0))
        }
        return bounds.max() ?? input
    }
}
