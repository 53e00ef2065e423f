import Foundation
import NeuralNetwork
import Testing

/// The gradient of the discriminator's loss with penalties through layers of every kind against PyTorch's.
struct TorchLayerTests {
    private static let (count, width) = (8, 3)

    private static func numbers(_ count: Int, _ phase: Double) -> [Float] {
        (0..<count).map { Float(sin(phase + 1.7 * Double($0))) }
    }

    @Test(arguments: [
        (PerceptronTests.Style(isResidual: true), TorchLayers.residual),
        (PerceptronTests.Style(isNormalized: true), TorchLayers.normalized),
        (PerceptronTests.Style(seesDeviation: true), TorchLayers.deviation),
        (PerceptronTests.Style(isResidual: true, isNormalized: true, seesDeviation: true), TorchLayers.all),
    ])
    func gradientsMatch(_ style: PerceptronTests.Style, _ expected: [Float]) {
        let network = Network.perceptron(
            inputs: Self.width, hidden: style.hidden(.leakyReLU(slope: 0.2)), outputs: 1, head: .zero,
            seesDeviation: style.seesDeviation)
        let weights = Self.numbers(network.weightCount, 0.9).map { 0.7 * $0 }
        let rows =
            Self.numbers(Self.count * Self.width, 3).map { 1.5 * $0 } + Self.numbers(Self.count * Self.width, 2)
        let workspace = Workspace(for: network, rows: 4 * Self.count)
        workspace.input.write(0..<2 * Self.count) { input in
            for i in 0..<input.count { input[i] = rows[i] }
        }
        let training = Pass.Training(random: Random(seed: 1, stream: .first), row: 0)
        network.forward(Pass(samples: 2 * Self.count, training: training), weights: weights, in: workspace)
        let gradient = Matrix(rows: 1, columns: network.weightCount)
        _ = Penalty(r1: 0.3, r2: 0.2).step(
            network, weights: weights, in: workspace, count: Self.count, loss: .rpgan, scale: 1 / Float(Self.count),
            weightGradient: gradient, training: training)
        #expect(gradient.values.count == expected.count)
        for (index, (value, other)) in zip(gradient.values, expected).enumerated() {
            #expect(abs(value - other) <= 1e-5 * max(1, abs(other)), "weight \(index)")
        }
    }
}
