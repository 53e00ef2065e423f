import Glibc
import NeuralNetwork
import TestSupport
import Testing

struct GumbelSoftmaxTests {
    private static let width = 9
    private let softmax = GumbelSoftmax(choices: [1..<4, 5..<9], temperature: 0.5)

    private static func rows(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count * width).map { _ in Float.random(in: -2...2, using: &generator) }
    }

    private func soft(_ rows: [Float]) -> [Float] {
        var rows = rows
        var span = rows.mutableSpan
        softmax.soften(&span, width: Self.width)
        return rows
    }

    @Test func softenedChoicesAddUpToOneAndTheRestStays() {
        let rows = Self.rows(20, seed: 1)
        let softened = soft(rows)
        for row in 0..<20 {
            for choice in softmax.choices {
                let part = choice.map { softened[row * Self.width + $0] }
                #expect(part.allSatisfy { $0 > 0 } && abs(part.reduce(0, +) - 1) < 1e-5)
                let naive = choice.map { exp(Double(rows[row * Self.width + $0]) / 0.5) }
                #expect(zip(part, naive).allSatisfy { abs(Double($0) - $1 / naive.reduce(0, +)) < 1e-5 })
            }
            for index in [0, 4] { #expect(softened[row * Self.width + index] == rows[row * Self.width + index]) }
        }
    }

    @Test func gradientsAreFiniteDifferences() {
        let rows = Self.rows(3, seed: 2)
        let weights = Self.rows(3, seed: 3)
        let softened = soft(rows)
        var gradient = weights
        var span = gradient.mutableSpan
        softmax.backward(&span, softened: softened.span, width: Self.width)
        func loss(_ rows: [Float]) -> Double { zip(soft(rows), weights).reduce(0) { $0 + Double($1.0 * $1.1) } }
        for index in rows.indices {
            var (up, down) = (rows, rows)
            up[index] += 1e-2
            down[index] -= 1e-2
            #expect(abs((loss(up) - loss(down)) / 0.02 - Double(gradient[index])) < 2e-3)
        }
    }

    /// The largest of perturbed logits has the frequencies of softmax, and depends on the row's number alone.
    @Test func perturbedLogitsAreDraws() {
        let logits: [Float] = [0, 1, 0, -1, 0, 2, 0, 0, 0]
        let count = 20_000
        var rows = (0..<count).flatMap { _ in logits }
        var span = rows.mutableSpan
        let random = Random(seed: 4, stream: .first)
        softmax.perturb(&span, width: Self.width, row: 0, random: random)
        let perturbed = rows
        span = rows.mutableSpan
        softmax.harden(&span, width: Self.width)
        for choice in softmax.choices {
            let total = choice.reduce(0) { $0 + exp(Double(logits[$1])) }
            for index in choice {
                let share = Double((0..<count).filter { rows[$0 * Self.width + index] == 1 }.count) / Double(count)
                #expect(abs(share - exp(Double(logits[index])) / total) < 0.015)
            }
        }
        var later = logits
        span = later.mutableSpan
        softmax.perturb(&span, width: Self.width, row: 777, random: random)
        #expect(later.elementsEqual(perturbed[777 * Self.width..<778 * Self.width]))
    }
}
