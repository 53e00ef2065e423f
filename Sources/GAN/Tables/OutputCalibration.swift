import Formats
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
    /// Encoded rows of the data.
    let real: CompactRows
    let random: Random

    private static let rounds = 4
    /// Rows of a round, of them at a time, and those that still tell frequencies.
    static let (rowCount, pieceRows, fewestRows) = (32_768, 4_096, 2_048)

    /// - Parameters:
    ///   - weights: the generator's, whose last layer is linear.
    ///   - pieceRows: rows at a time.
    ///   - allowance: when it is over, what has been done until then stands.
    /// - Returns: whether there was time for all of it.
    func adjust(
        _ weights: inout [Float], pieceRows: Int, within allowance: Allowance
    ) throws(Allowance.Interruption) -> Bool {
        let width = networks.generator.outputs
        guard let bias = networks.generator.parameters.last?.range, bias.count == width,
            let matrix = networks.generator.parameters.dropLast().last?.range
        else { return true }
        let target = try Moments(real, numbers: numbers, within: allowance.untilStopped)
        for round in 0..<Self.rounds {
            let source = GeneratedRows(networks: networks, weights: weights, latent: random, choices: .hard)
            var rows = CompactRows(width: width, choices: networks.choices?.choices ?? [])
            let end = (round + 1) * Self.rowCount
            for row in stride(from: round * Self.rowCount, to: end, by: pieceRows) where !allowance.isOver {
                try allowance.untilStopped.check()
                rows.append(source.rows(min(pieceRows, end - row), from: row))
            }
            guard rows.count >= Self.fewestRows else { return false }
            let made = try Moments(rows, numbers: numbers, within: allowance.untilStopped)
            // A choice that none of the rows has made counts as half a one; it may be rarer by far, and then takes the
            // first rounds to be seen at all.
            let least = 0.5 / Double(rows.count)
            for choice in networks.choices?.choices ?? [] {
                for index in choice {
                    let ratio = max(target.means[index], least) / max(made.means[index], least)
                    weights[bias.lowerBound + index] += Float(min(max(log(ratio), -4), 4))
                }
            }
            let inputs = matrix.count / width
            for (number, (real, fake)) in zip(numbers, zip(target.numbers, made.numbers)) {
                guard real.deviation > 0, fake.deviation > 0 else { continue }
                let scale = Float(min(max(real.deviation / fake.deviation, 0.5), 2))
                let start = matrix.lowerBound + number.index * inputs
                for place in start..<start + inputs { weights[place] *= scale }
                let place = bias.lowerBound + number.index
                weights[place] = (weights[place] - Float(fake.mean)) * scale + Float(real.mean)
            }
            if rows.count < Self.rowCount { return false }
        }
        return true
    }

    /// The means of all floats, and of numbers over the rows that have one.
    private struct Moments {
        var means: [Double]
        var numbers: [(mean: Double, deviation: Double)]

        init(
            _ rows: CompactRows, numbers: [(index: Int, place: Int?)], within allowance: Allowance
        ) throws(Allowance.Interruption) {
            means = rows.means
            self.numbers = []
            for (index, place) in numbers {
                try allowance.check()
                self.numbers.append(rows.numbers(at: index, having: place).moments)
            }
        }
    }
}
