import Foundation
import NeuralNetwork
import Testing

/// One step of either player against PyTorch's, from the same weights and rows.
struct TorchStepTests {
    private static let (count, latent, width) = (6, 3, 2)

    private static func numbers(_ count: Int, _ phase: Double) -> [Float] {
        (0..<count).map { Float(sin(phase + 1.7 * Double($0))) }
    }

    private static func perceptron(_ widths: [Int], phase: Double) -> (Network, [Float]) {
        let network = Network.perceptron(
            inputs: widths[0], hidden: Array(widths[1..<widths.count - 1]), outputs: widths[widths.count - 1],
            activation: .leakyReLU(slope: 0.2), initialization: .zero, head: .zero)
        return (network, numbers(network.weightCount, phase).map { 0.7 * $0 })
    }

    private static func expectEqual(_ values: [Float], _ expected: [Float], _ what: String) {
        #expect(values.count == expected.count)
        for (index, (value, other)) in zip(values, expected).enumerated() {
            #expect(abs(value - other) <= 1e-5 * max(1, abs(other)), "\(what) \(index)")
        }
    }

    private static func set(_ matrix: Matrix, from row: Int, _ values: [Float]) {
        matrix.write(row..<row + values.count / matrix.columns) { span in
            for i in values.indices { span[i] = values[i] }
        }
    }

    @Test(arguments: [
        (Loss.rpgan, TorchSteps.rpgan), (.nonsaturating, TorchSteps.nonsaturating), (.hinge, TorchSteps.hinge),
        (.lsgan, TorchSteps.lsgan), (.wganGP, TorchSteps.wganGP),
    ])
    func stepsOfBothPlayersMatch(_ loss: Loss, _ expected: [[Float]]) {
        let (count, latent, width) = (Self.count, Self.latent, Self.width)
        let scale = 1 / Float(count)
        var (generator, g): (Network, [Float]) = Self.perceptron([latent, 5, width], phase: 0.3)
        var (discriminator, d) = Self.perceptron([width, 6, 4, 1], phase: 0.9)
        var (generatorAdam, discriminatorAdam) = (Adam(weightCount: g.count), Adam(weightCount: d.count))
        let real = Self.numbers(count * width, 3).map { 1.5 * $0 }

        let making = Workspace(for: generator, rows: count)
        Self.set(making.input, from: 0, Self.numbers(count * latent, 2))
        generator.forward(Pass(samples: count), weights: g, in: making)
        let fake = making.output.values
        let mixed = (0..<count * width).map { index in
            fake[index] + (Float(index / width) + 0.5) * scale * (real[index] - fake[index])
        }
        let judging = Workspace(for: discriminator, rows: 6 * count)
        Self.set(judging.input, from: 0, real + fake + mixed)
        discriminator.forward(Pass(samples: 3 * count), weights: d, in: judging)
        let toDiscriminator = Matrix(rows: 1, columns: d.count)
        _ = Penalty(r1: 0.3, r2: 0.2, slope: 0.4).step(
            discriminator, weights: d, in: judging, count: count, loss: loss, scale: scale,
            weightGradient: toDiscriminator)
        Self.expectEqual(toDiscriminator.values, expected[0], "gradient of the discriminator's weight")
        discriminatorAdam.update(
            &d, gradient: toDiscriminator.values.span, learningRate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 0.01)
        Self.expectEqual(d, expected[1], "the discriminator's weight")

        Self.set(making.input, from: 0, Self.numbers(count * latent, 4))
        generator.forward(Pass(samples: count), weights: g, in: making)
        Self.set(judging.input, from: 0, real + making.output.values)
        discriminator.forward(Pass(samples: 2 * count), weights: d, in: judging)
        let logits = judging.output.values
        _ = judging.outputGradient.write(count..<2 * count) { gradient in
            loss.generator(
                real: logits.span.extracting(0..<count), fake: logits.span.extracting(count..<2 * count), scale: scale,
                fakeGradient: &gradient)
        }
        discriminator.backward(
            Pass(rows: count..<2 * count, samples: 2 * count), weights: d, in: judging, weightGradient: nil,
            toInput: true)
        Self.set(
            making.outputGradient, from: 0,
            Array(judging.inputGradient.values[judging.inputGradient.indices(of: count..<2 * count)]))
        let toGenerator = Matrix(rows: 1, columns: g.count)
        generator.backward(
            Pass(samples: count), weights: g, in: making, weightGradient: toGenerator, toInput: false)
        Self.expectEqual(toGenerator.values, expected[2], "gradient of the generator's weight")
        generatorAdam.update(
            &g, gradient: toGenerator.values.span, learningRate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 0.01)
        Self.expectEqual(g, expected[3], "the generator's weight")
    }
}
