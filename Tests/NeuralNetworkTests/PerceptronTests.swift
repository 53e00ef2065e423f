import Foundation
import NeuralNetwork
import Testing

/// Residual blocks, normalization, dropout and minibatch deviation, one by one and together.
struct PerceptronTests {
    /// A discriminator of two columns.
    struct Style: CustomStringConvertible, Sendable {
        var isResidual = false
        var isNormalized = false
        var dropout: Float = 0
        var seesDeviation = false

        static let all = [
            Style(isResidual: true), Style(isNormalized: true), Style(dropout: 0.3), Style(seesDeviation: true),
            Style(isResidual: true, isNormalized: true, dropout: 0.4, seesDeviation: true),
        ]

        var description: String {
            [
                isResidual ? "residual" : "", isNormalized ? "normalized" : "", dropout > 0 ? "dropout" : "",
                seesDeviation ? "deviation" : "",
            ].filter { !$0.isEmpty }.joined(separator: " ")
        }

        func hidden(_ activation: ActivationFunction) -> HiddenLayers {
            var hidden = HiddenLayers([5, 5, 4, 4], activation: activation, initialization: .he(slope: 0.2))
            (hidden.isResidual, hidden.isNormalized, hidden.dropout) = (isResidual, isNormalized, dropout)
            return hidden
        }

        func network(_ activation: ActivationFunction) -> Network {
            .perceptron(
                inputs: 2, hidden: hidden(activation), outputs: 1, head: .normal(gain: 1), seesDeviation: seesDeviation)
        }
    }

    private static let count = 4
    private static let training = Pass.Training(random: Random(seed: 21, stream: .first), row: 1_000)

    private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        var span = values.mutableSpan
        Random(seed: seed, stream: .first).fillNormal(&span, row: 0, width: 1)
        return values
    }

    private static func gradient(_ network: Network, _ weights: [Float], _ rows: [Float], isFused: Bool) -> [Float] {
        let samples = 2 * count
        let workspace = Workspace(for: network, rows: 2 * samples)
        workspace.input.write(0..<samples) { input in
            for i in 0..<input.count { input[i] = rows[i] }
        }
        network.forward(Pass(samples: samples, training: training), weights: weights, in: workspace)
        let gradient = Matrix(rows: 1, columns: network.weightCount)
        _ = Penalty(r1: 0.7, r2: 0.3).step(
            network, weights: weights, in: workspace, count: count, loss: .rpgan, scale: 1 / Float(count),
            weightGradient: gradient, training: training, isFused: isFused)
        return gradient.values
    }

    @Test(arguments: Style.all, [ReferenceNetwork.Function.tanh, .silu])
    func lossWithPenaltiesMatchesFiniteDifferences(_ style: Style, _ function: ReferenceNetwork.Function) {
        let network = style.network(GradientTests.activation(function))
        let weights = Self.numbers(network.weightCount, seed: 5).map { 0.6 * $0 }
        let rows = Self.numbers(2 * Self.count * 2, seed: 6)
        let gradient = Self.gradient(network, weights, rows, isFused: true)
        let reference = ReferencePerceptron(
            hidden: style.hidden(GradientTests.activation(function)), function: function,
            seesDeviation: style.seesDeviation,
            stays: { row, layer, column in
                Random(seed: 21 + UInt64(layer) << 56, stream: .first).uniform(row: 1_000 + row, index: column)
                    >= style.dropout
            })
        let points = (0..<2 * Self.count).map { [Double(rows[2 * $0]), Double(rows[2 * $0 + 1])] }
        for index in weights.indices {
            func loss(_ change: Double) -> Double {
                var moved = weights.map(Double.init)
                moved[index] += change
                return reference.loss(points, moved, r1: Double(Float(0.7)), r2: Double(Float(0.3)))
            }
            let expected = (loss(1e-4) - loss(-1e-4)) / 2e-4
            #expect(abs(Double(gradient[index]) - expected) < 2e-5 + 3e-4 * abs(expected), "weight \(index)")
        }
    }

    @Test(arguments: [Style(isResidual: true), Style(dropout: 0.3), Style(isResidual: true, dropout: 0.5)])
    func theShortWayGivesTheSameGradient(_ style: Style) {
        let network = style.network(.leakyReLU(slope: 0.2))
        let weights = Self.numbers(network.weightCount, seed: 5).map { 0.6 * $0 }
        let rows = Self.numbers(2 * Self.count * 2, seed: 6)
        #expect(network.isPiecewiseLinear)
        let ways = [true, false].map { Self.gradient(network, weights, rows, isFused: $0) }
        for (short, long) in zip(ways[0], ways[1]) { #expect(abs(short - long) < 1e-5) }
    }

    /// Outside training a row's logit does not depend on other rows; in training it depends on its group.
    @Test(arguments: Style.all) func aRowIsJudgedAlone(_ style: Style) {
        let network = style.network(.leakyReLU(slope: 0.2))
        let weights = network.initialWeights(Random(seed: 1, stream: .first))
        func logit(beside seed: UInt64, _ training: Pass.Training?) -> Float {
            let workspace = Workspace(for: network, rows: 12, backward: false)
            let rows = [0.5, -1] + Self.numbers(22, seed: seed)
            workspace.input.write(0..<12) { input in
                for i in 0..<input.count { input[i] = rows[i] }
            }
            network.forward(Pass(samples: 12, training: training), weights: weights, in: workspace)
            return workspace.output.values[0]
        }
        #expect(logit(beside: 3, nil) == logit(beside: 4, nil))
        if style.seesDeviation { #expect(logit(beside: 3, Self.training) != logit(beside: 4, Self.training)) }
        if style.dropout > 0 { #expect(logit(beside: 3, Self.training) != logit(beside: 3, nil)) }
    }

    @Test func aBlockThatHasNotLearnedAddsNothing() {
        var deep = HiddenLayers([6, 6, 6], activation: .tanh, initialization: .he(slope: 0.2))
        deep.isResidual = true
        let network = Network.perceptron(inputs: 3, hidden: deep, outputs: 2, head: .normal(gain: 1))
        #expect(
            network.parameters.map(\.name) == [
                "layers.0.weight", "layers.0.bias", "layers.1.inner.weight", "layers.1.inner.bias",
                "layers.1.outer.weight", "layers.1.outer.bias", "layers.2.inner.weight", "layers.2.inner.bias",
                "layers.2.outer.weight", "layers.2.outer.bias", "layers.3.weight", "layers.3.bias",
            ])
        let weights = network.initialWeights(Random(seed: 2, stream: .first))
        let shallow = Network.perceptron(
            inputs: 3, hidden: [6], outputs: 2, activation: .tanh, initialization: .zero, head: .zero)
        let kept = Array(weights[0..<24]) + Array(weights[(weights.count - 14)...])
        func output(_ network: Network, _ weights: [Float]) -> [Float] {
            let workspace = Workspace(for: network, rows: 6, backward: false)
            workspace.input.write(0..<6) { input in
                for i in 0..<input.count { input[i] = Float(i % 5) - 2 }
            }
            network.forward(Pass(samples: 6), weights: weights, in: workspace)
            return workspace.output.values
        }
        #expect(output(network, weights) == output(shallow, kept))
    }

    @Test(arguments: Style.all) func noOutputIsBeyondTheBound(_ style: Style) {
        let network = style.network(.leakyReLU(slope: 0.2))
        let weights = Self.numbers(network.weightCount, seed: 9)
        let workspace = Workspace(for: network, rows: 96, backward: false)
        let rows = Self.numbers(192, seed: 10)
        workspace.input.write(0..<96) { input in
            for i in 0..<input.count { input[i] = max(-3, min(3, rows[i])) }
        }
        network.forward(Pass(samples: 96), weights: weights, in: workspace)
        let bound = network.bound(weights: weights, input: 3)
        #expect(workspace.output.values.allSatisfy { abs(Double($0)) <= bound } && bound.isFinite)
    }
}
