import Foundation
import NeuralNetwork
import Testing

/// The engine's gradients against finite differences of a loss computed in double precision.
struct GradientTests {
    static let cases: [(ReferenceNetwork.Function, Loss)] = ReferenceNetwork.Function.allCases.flatMap { function in
        Loss.allCases.map { (function, $0) }
    }

    static func activation(_ function: ReferenceNetwork.Function) -> ActivationFunction {
        switch function {
        case .identity: .identity
        case .leakyReLU: .leakyReLU(slope: 0.2)
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .silu: .silu
        }
    }

    /// The discriminator's whole loss, penalties included.
    static func loss(
        _ network: ReferenceNetwork, real: [[Double]], fake: [[Double]], _ loss: Loss, r1: Double, r2: Double
    ) -> Double {
        func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
        var sum = 0.0
        for (real, fake) in zip(real, fake) {
            let (r, f) = (network.evaluate(real), network.evaluate(fake))
            switch loss {
            case .rpgan: sum += softplus(f.logit - r.logit)
            case .nonsaturating: sum += softplus(-r.logit) + softplus(f.logit)
            }
            sum += r1 / 2 * r.gradient.reduce(0) { $0 + $1 * $1 }
            sum += r2 / 2 * f.gradient.reduce(0) { $0 + $1 * $1 }
        }
        return sum / Double(real.count)
    }

    @Test(arguments: cases)
    func discriminatorLossWithPenaltiesMatchesFiniteDifferences(
        _ function: ReferenceNetwork.Function, _ loss: Loss
    ) {
        let (inputs, hidden, count) = (3, [7, 5], 6)
        let (r1, r2): (Float, Float) = (0.7, 0.3)
        let network = Network.perceptron(
            inputs: inputs, hidden: hidden, outputs: 1, activation: Self.activation(function),
            initialization: .torchLinear(inputs: inputs), head: .torchLinear(inputs: 5))
        let weights = network.initialWeights(Random(seed: 11, stream: .discriminatorInitialization))
        var rows = [Float](repeating: 0, count: 2 * count * inputs)
        var span = rows.mutableSpan
        Random(seed: 3, stream: .noise).fillNormal(&span, row: 0, width: inputs)

        let workspace = Workspace(for: network, rows: 4 * count)
        workspace.input.write(0..<2 * count) { input in
            for i in 0..<input.count { input[i] = rows[i] }
        }
        let samples = Pass(samples: 2 * count)
        network.forward(samples, weights: weights, in: workspace)
        _ = Penalty.appendTangents(
            network, weights: weights, in: workspace, samples: 2 * count, r1: r1, r2: r2, scale: 1 / Float(count))
        let logits = workspace.output.values
        _ = workspace.outputGradient.write(0..<2 * count) { gradient in
            loss.discriminator(
                real: logits.span.extracting(0..<count), fake: logits.span.extracting(count..<2 * count),
                scale: 1 / Float(count), gradient: &gradient)
        }
        workspace.outputGradient.fill(2 * count..<4 * count, with: 1)
        let gradient = Matrix(rows: 1, columns: network.weightCount)
        network.backward(
            Pass(rows: 0..<4 * count, samples: 2 * count), weights: weights, in: workspace, weightGradient: gradient,
            toInput: false)

        func row(_ index: Int) -> [Double] { rows[index * inputs..<(index + 1) * inputs].map(Double.init) }
        let (real, fake) = ((0..<count).map(row), (count..<2 * count).map(row))
        var reference = ReferenceNetwork(
            widths: [inputs] + hidden + [1], function: function, weights: weights.map(Double.init))
        for index in weights.indices {
            let step = 1e-5
            reference.weights[index] += step
            let above = Self.loss(reference, real: real, fake: fake, loss, r1: Double(r1), r2: Double(r2))
            reference.weights[index] -= 2 * step
            let below = Self.loss(reference, real: real, fake: fake, loss, r1: Double(r1), r2: Double(r2))
            reference.weights[index] += step
            let expected = (above - below) / (2 * step)
            #expect(abs(Double(gradient.values[index]) - expected) < 2e-5 + 2e-4 * abs(expected), "weight \(index)")
        }
    }

    @Test(arguments: Loss.allCases)
    func generatorLossMatchesFiniteDifferences(_ loss: Loss) {
        let real: [Float] = [0.3, -1.2, 2.5]
        let fake: [Float] = [-0.4, 0.9, 1.1]
        var gradient = [Float](repeating: 0, count: 3)
        var span = gradient.mutableSpan
        _ = loss.generator(real: real.span, fake: fake.span, scale: 1 / 3, fakeGradient: &span)
        func value(_ fake: [Float]) -> Float {
            var unused = [Float](repeating: 0, count: 3)
            var span = unused.mutableSpan
            return loss.generator(real: real.span, fake: fake.span, scale: 1 / 3, fakeGradient: &span)
        }
        for index in fake.indices {
            var (above, below) = (fake, fake)
            above[index] += 0.01
            below[index] -= 0.01
            #expect(abs(gradient[index] - (value(above) - value(below)) / 0.02) < 1e-4)
        }
    }

    @Test func penaltyOfALinearDiscriminatorIsItsWeightTimesGamma() {
        let network = Network.perceptron(
            inputs: 2, hidden: [], outputs: 1, activation: .identity, initialization: .zero, head: .zero)
        let weights: [Float] = [3, -4, 5]
        let workspace = Workspace(for: network, rows: 8)
        network.forward(Pass(samples: 4), weights: weights, in: workspace)
        let norms = Penalty.appendTangents(
            network, weights: weights, in: workspace, samples: 4, r1: 0.5, r2: 0, scale: 0.5)
        #expect(norms.real == 25)
        workspace.outputGradient.fill(0..<4, with: 0)
        workspace.outputGradient.fill(4..<8, with: 1)
        let gradient = Matrix(rows: 1, columns: 3)
        network.backward(
            Pass(rows: 0..<8, samples: 4), weights: weights, in: workspace, weightGradient: gradient, toInput: false)
        #expect(gradient.values == [1.5, -2, 0])
    }
}
