import Glibc
import NeuralNetwork

/// Sets the last layer of a trained generator right, so that columns one by one have the data's frequencies: every choice
/// of a category gets the bias that makes it as frequent as in the data, and numbers their mean and deviation.
///
/// A generator that has learned how columns hang together is still off by a percent here and there; this changes little
/// of any row.
struct OutputCalibration {
    let networks: Networks
    /// Where numbers stand in a row, and the place that says that the row has one, where there are others.
    let numbers: [(index: Int, place: Int?)]
    /// Encoded rows of the data, row-major.
    let real: [Float]
    let random: Random

    private static let rounds = 4
    private static let rowCount = 32_768

    /// - Parameter weights: the generator's, whose last layer is linear.
    func adjust(_ weights: inout [Float]) {
        let width = networks.generator.outputs
        guard let bias = networks.generator.parameters.last?.range, bias.count == width,
            let matrix = networks.generator.parameters.dropLast().last?.range
        else { return }
        let target = Moments(real, numbers: numbers, width: width)
        for round in 0..<Self.rounds {
            let rows = GeneratedRows(networks: networks, weights: weights, latent: random, choices: .hard)
                .rows(Self.rowCount, from: round * Self.rowCount)
            let made = Moments(rows, numbers: numbers, width: width)
            // A choice that none of the rows has made counts as half a one.
            let least = 0.5 / Double(Self.rowCount)
            for choice in networks.choices?.choices ?? [] {
                for index in choice {
                    let ratio = max(target.means[index], least) / max(made.means[index], least)
                    weights[bias.lowerBound + index] += Float(min(max(log(ratio), -1), 1))
                }
            }
            let inputs = matrix.count / width
            for (number, (real, fake)) in zip(numbers, zip(target.numbers, made.numbers)) {
                guard real.deviation > 0, fake.deviation > 0 else { continue }
                let scale = Float(min(max(real.deviation / fake.deviation, 0.8), 1.25))
                let start = matrix.lowerBound + number.index * inputs
                for place in start..<start + inputs { weights[place] *= scale }
                let place = bias.lowerBound + number.index
                weights[place] = (weights[place] - Float(fake.mean)) * scale + Float(real.mean)
            }
        }
    }

    /// The means of all floats, and of numbers over the rows that have one.
    private struct Moments {
        var means: [Double]
        var numbers: [(mean: Double, deviation: Double)]

        init(_ rows: [Float], numbers: [(index: Int, place: Int?)], width: Int) {
            let count = rows.count / width
            means = [Double](repeating: 0, count: width)
            for (index, value) in rows.enumerated() { means[index % width] += Double(value) / Double(count) }
            self.numbers = numbers.map { index, place in
                moments(
                    (0..<count).compactMap { row in
                        place.map { rows[row * width + $0] == 1 } ?? true ? Double(rows[row * width + index]) : nil
                    })
            }
        }
    }
}
