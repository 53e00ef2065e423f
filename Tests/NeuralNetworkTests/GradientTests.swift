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
        _ network: ReferenceNetwork, real: [[Double]], fake: [[Double]], mixed: [[Double]], _ loss: Loss,
        _ penalty: Penalty
    ) -> Double {
        func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
        var sum = 0.0
        for (real, fake) in zip(real, fake) {
            let (r, f) = (network.evaluate(real), network.evaluate(fake))
            switch loss {
            case .rpgan: sum += softplus(f.logit - r.logit)
            case .nonsaturating: sum += softplus(-r.logit) + softplus(f.logit)
            case .hinge: sum += max(0, 1 - r.logit) + max(0, 1 + f.logit)
            case .lsgan: sum += 0.5 * pow(r.logit - 1, 2) + 0.5 * pow(f.logit, 2)
            case .wganGP: sum += f.logit - r.logit
            }
            sum += Double(penalty.r1) / 2 * r.gradient.reduce(0) { $0 + $1 * $1 }
            sum += Double(penalty.r2) / 2 * f.gradient.reduce(0) { $0 + $1 * $1 }
        }
        for row in mixed {
            let slope = network.evaluate(row).gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            sum += Double(penalty.slope) * (slope - 1) * (slope - 1)
        }
        return sum / Double(real.count)
    }

    /// A discriminator of 3 inputs, its weights, and a workspace with the rows of three groups and room for their
    /// tangents.
    struct Case {
        static let (inputs, hidden, count) = (3, [7, 5], 6)

        let network: Network
        let weights: [Float]
        let rows: [Float]
        let penalty: Penalty

        init(_ function: ReferenceNetwork.Function, _ penalty: Penalty) {
            network = .perceptron(
                inputs: Self.inputs, hidden: Self.hidden, outputs: 1, activation: activation(function),
                initialization: .torchLinear, head: .torchLinear)
            weights = network.initialWeights(Random(seed: 11, stream: .first))
            var rows = [Float](repeating: 0, count: penalty.groups * Self.count * Self.inputs)
            var span = rows.mutableSpan
            Random(seed: 3, stream: .first).fillNormal(&span, row: 0, width: Self.inputs)
            self.rows = rows
            self.penalty = penalty
        }

        func gradient(_ loss: Loss, isFused: Bool) -> [Float] {
            let samples = penalty.groups * Self.count
            let workspace = Workspace(for: network, rows: 2 * samples)
            workspace.input.write(0..<samples) { input in
                for i in 0..<input.count { input[i] = rows[i] }
            }
            network.forward(Pass(samples: samples), weights: weights, in: workspace)
            let gradient = Matrix(rows: 1, columns: network.weightCount)
            _ = penalty.step(
                network, weights: weights, in: workspace, count: Self.count, loss: loss, scale: 1 / Float(Self.count),
                weightGradient: gradient, isFused: isFused)
            return gradient.values
        }
    }

    @Test(arguments: cases, [Penalty(r1: 0.7, r2: 0.3), Penalty(r1: 0.2, slope: 0.6), Penalty()])
    func discriminatorLossWithPenaltiesMatchesFiniteDifferences(
        _ networkAndLoss: (ReferenceNetwork.Function, Loss), _ penalty: Penalty
    ) {
        let (function, loss) = networkAndLoss
        let given = Case(function, penalty)
        let gradient = given.gradient(loss, isFused: true)
        let (inputs, count) = (Case.inputs, Case.count)
        func row(_ index: Int) -> [Double] { given.rows[index * inputs..<(index + 1) * inputs].map(Double.init) }
        let (real, fake) = ((0..<count).map(row), (count..<2 * count).map(row))
        let mixed = penalty.slope > 0 ? (2 * count..<3 * count).map(row) : []
        var reference = ReferenceNetwork(
            widths: [inputs] + Case.hidden + [1], function: function, weights: given.weights.map(Double.init))
        for index in given.weights.indices {
            let step = 1e-5
            reference.weights[index] += step
            let above = Self.loss(reference, real: real, fake: fake, mixed: mixed, loss, penalty)
            reference.weights[index] -= 2 * step
            let below = Self.loss(reference, real: real, fake: fake, mixed: mixed, loss, penalty)
            reference.weights[index] += step
            let expected = (above - below) / (2 * step)
            #expect(abs(Double(gradient[index]) - expected) < 2e-5 + 2e-4 * abs(expected), "weight \(index)")
        }
    }

    @Test(arguments: Loss.allCases, [Penalty(r1: 0.7, r2: 0.3), Penalty(r2: 0.1, slope: 0.6)])
    func theShortWayGivesTheSameGradient(_ loss: Loss, _ penalty: Penalty) {
        let given = Case(.leakyReLU, penalty)
        for (short, long) in zip(given.gradient(loss, isFused: true), given.gradient(loss, isFused: false)) {
            #expect(abs(short - long) < 1e-6)
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

    @Test(arguments: [true, false])
    func penaltyOfALinearDiscriminatorIsItsWeightTimesGamma(_ isFused: Bool) {
        let network = Network.perceptron(
            inputs: 2, hidden: [], outputs: 1, activation: .identity, initialization: .zero, head: .zero)
        let weights: [Float] = [3, -4, 5]
        let workspace = Workspace(for: network, rows: 8)
        network.forward(Pass(samples: 4), weights: weights, in: workspace)
        let gradient = Matrix(rows: 1, columns: 3)
        _ = Penalty(r1: 0.5).step(
            network, weights: weights, in: workspace, count: 2, loss: .wganGP, scale: 0.5, weightGradient: gradient,
            isFused: isFused)
        #expect(gradient.values == [1.5, -2, 0])
    }
}
