import Foundation
import NeuralNetwork
import Testing

/// Networks with shortcuts and several logits a row against naive loops in double precision.
struct NetworkBuilderTests {
    private static let (inputs, count) = (4, 5)
    private static let penalty = Penalty(r1: 0.7, r2: 0.3)

    /// Two positions of two channels; a block of three channels a position, beside which its input is kept; a residual
    /// block; and three logits.
    private static var network: Network {
        var builder = NetworkBuilder(inputs: inputs)
        builder.within("trunk") { trunk in
            trunk.concatenating(positions: 2) { block in
                block.linear("wide", 6, initialization: .normal(gain: 1))
                block.activation(.tanh)
            }
            trunk.residual { block in
                block.linear("inner", 10, initialization: .normal(gain: 1))
                block.activation(.tanh)
            }
        }
        builder.linear("head", 3, initialization: .normal(gain: 1))
        return builder.network()
    }

    private static func logits(_ row: [Double], _ weights: [Double]) -> [Double] {
        var at = 0
        func linear(_ row: [Double], _ outputs: Int) -> [Double] {
            defer { at += row.count * outputs + outputs }
            return (0..<outputs).map { output in
                row.enumerated().reduce(weights[at + row.count * outputs + output]) {
                    $0 + weights[at + output * row.count + $1.offset] * $1.element
                }
            }
        }
        let wide = linear(row, 6).map(tanh)
        let joined = Array(wide[0..<3]) + Array(row[0..<2]) + Array(wide[3..<6]) + Array(row[2..<4])
        let sum = zip(joined, linear(joined, 10).map(tanh)).map(+)
        return linear(sum, 3)
    }

    private static func loss(_ rows: [[Double]], _ weights: [Double]) -> Double {
        func slope(_ row: [Double]) -> Double {
            row.indices.reduce(0) { sum, place in
                func mean(_ change: Double) -> Double {
                    var moved = row
                    moved[place] += change
                    return logits(moved, weights).reduce(0, +) / 3
                }
                return sum + pow((mean(1e-4) - mean(-1e-4)) / 2e-4, 2)
            }
        }
        return (0..<count).reduce(0) { sum, index in
            let (real, fake) = (rows[index], rows[count + index])
            let pairs = zip(logits(real, weights), logits(fake, weights))
            return sum + pairs.reduce(0) { $0 + log1p(exp($1.1 - $1.0)) } / 3
                + (Double(penalty.r1) * slope(real) + Double(penalty.r2) * slope(fake)) / 2
        } / Double(count)
    }

    @Test func gradientsOfPatchesAndShortcutsMatchFiniteDifferences() {
        let network = Self.network
        #expect(network.outputs == 3)
        let weights = network.initialWeights(Random(seed: 5, stream: .first))
        let samples = 2 * Self.count
        let workspace = Workspace(for: network, rows: 2 * samples)
        workspace.input.write(0..<samples) {
            Random(seed: 6, stream: .first).fillNormal(&$0, row: 0, width: Self.inputs)
        }
        let input = workspace.input.values
        let rows = (0..<samples).map { row in (0..<Self.inputs).map { Double(input[row * Self.inputs + $0]) } }
        network.forward(Pass(samples: samples), weights: weights, in: workspace)
        for (row, values) in rows.enumerated() {
            let logits = workspace.output[row..<row + 1]
            for (place, expected) in Self.logits(values, weights.map(Double.init)).enumerated() {
                #expect(abs(Double(logits[place]) - expected) < 1e-5)
            }
        }
        let gradient = Matrix(rows: 1, columns: network.weightCount)
        let value = Self.penalty.step(
            network, weights: weights, in: workspace, count: Self.count, loss: .rpgan, scale: 1 / Float(Self.count),
            weightGradient: gradient)
        let found = gradient.values
        var moved = weights.map(Double.init)
        for index in moved.indices {
            func loss(_ change: Double) -> Double {
                moved[index] += change
                defer { moved[index] -= change }
                return Self.loss(rows, moved)
            }
            let expected = (loss(1e-4) - loss(-1e-4)) / 2e-4
            #expect(abs(Double(found[index]) - expected) < 2e-5 + 1e-3 * abs(expected), "weight \(index)")
        }
        #expect(value > 0)
    }

    @Test func parametersAreNamedByTheirPlaceAndKnowTheirFanIn() {
        let parameters = Self.network.parameters
        #expect(
            parameters.map(\.name) == [
                "trunk.wide.weight", "trunk.wide.bias", "trunk.inner.weight", "trunk.inner.bias", "head.weight",
                "head.bias",
            ])
        #expect(parameters.map(\.fanIn) == [4, 4, 10, 10, 10, 10])
        #expect(Self.network.operationsPerRow == 2 * Self.network.weightCount)
        #expect(Self.network.isPiecewiseLinear == false)
    }

    /// A linear layer may take over the slope of a leaky ReLU before it only where no other layer reads the ReLU's
    /// outputs.
    @Test func leakyReLUsAtTheEndsOfBlocksKeepTheirSlopes() {
        func gradient(fused: Bool) -> [Float] {
            var builder = NetworkBuilder(inputs: 3)
            func leaky(_ builder: inout NetworkBuilder, _ name: String) {
                builder.linear(name, 3, initialization: .normal(gain: 1), negativeSlope: fused ? 0.2 : nil)
                if !fused { builder.activation(.leakyReLU(slope: 0.2)) }
            }
            leaky(&builder, "first")
            builder.residual { leaky(&$0, "block") }
            builder.linear("last", 1, initialization: .normal(gain: 1))
            let network = builder.network()
            let workspace = Workspace(for: network, rows: 8)
            workspace.input.write(0..<8) { Random(seed: 2, stream: .first).fillNormal(&$0, row: 0, width: 3) }
            let weights = network.initialWeights(Random(seed: 1, stream: .first))
            network.forward(Pass(samples: 8), weights: weights, in: workspace)
            workspace.outputGradient.fill(0..<8, with: 1)
            let gradient = Matrix(rows: 1, columns: network.weightCount)
            network.backward(
                Pass(samples: 8), weights: weights, in: workspace, weightGradient: gradient, toInput: true)
            return gradient.values + workspace.inputGradient.values
        }
        for (fused, plain) in zip(gradient(fused: true), gradient(fused: false)) { #expect(abs(fused - plain) < 1e-6) }
    }
}

extension Random.Stream {
    /// The streams of these tests.
    static let first = Self(1)
    static let second = Self(2)
}
