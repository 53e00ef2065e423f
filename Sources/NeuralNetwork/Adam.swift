/// Adam (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1) over one flat array of weights.
///
/// The decay rates may change from step to step, so the bias corrections follow the products of the rates used.
package struct Adam: Sendable, Equatable {
    package var firstMoments: [Float]
    package var secondMoments: [Float]
    package var firstProduct: Float = 1
    package var secondProduct: Float = 1

    package init(weightCount: Int) {
        firstMoments = [Float](repeating: 0, count: weightCount)
        secondMoments = firstMoments
    }

    package mutating func update(
        _ weights: inout [Float], gradient: Span<Float>, learningRate: Float, beta1: Float, beta2: Float,
        epsilon: Float = 1e-8
    ) {
        firstProduct *= beta1
        secondProduct *= beta2
        step(
            &weights, &firstMoments, &secondMoments, gradient, rate: learningRate / (1 - firstProduct),
            correction: 1 / (1 - secondProduct), beta1: beta1, beta2: beta2, epsilon: epsilon)
    }
}

/// One update of the weights; weights, moments and gradients have the same count.
private func step(
    _ weights: inout [Float], _ firstMoments: inout [Float], _ secondMoments: inout [Float], _ gradient: Span<Float>,
    rate: Float, correction: Float, beta1: Float, beta2: Float, epsilon: Float
) {
    var w = weights.mutableSpan
    var m = firstMoments.mutableSpan
    var v = secondMoments.mutableSpan
    let count = w.count
    precondition(gradient.count == count && m.count == count && v.count == count)
    for i in 0..<count {
        let g = gradient[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        w[i] -= rate * m[i] / ((v[i] * correction).squareRoot() + epsilon)
    }
}
