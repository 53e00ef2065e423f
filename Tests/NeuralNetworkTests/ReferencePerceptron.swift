import Foundation
import NeuralNetwork

/// A perceptron of any hidden layers, in double precision and naive loops; it takes a whole batch, because rows may
/// mix.
struct ReferencePerceptron {
    let hidden: HiddenLayers
    let function: ReferenceNetwork.Function
    let seesDeviation: Bool
    /// Whether dropout keeps a value after an activation, by row, dropout layer and column.
    let stays: (_ row: Int, _ layer: Int, _ column: Int) -> Bool

    func logits(_ rows: [[Double]], _ weights: [Double]) -> [Double] {
        var at = 0
        var dropouts = 0
        func linear(_ rows: [[Double]], _ outputs: Int) -> [[Double]] {
            let inputs = rows[0].count
            defer { at += inputs * outputs + outputs }
            return rows.map { row in
                (0..<outputs).map { output in
                    row.enumerated().reduce(weights[at + inputs * outputs + output]) {
                        $0 + weights[at + output * inputs + $1.offset] * $1.element
                    }
                }
            }
        }
        func activate(_ rows: [[Double]]) -> [[Double]] {
            var rows = rows
            let width = rows[0].count
            if hidden.isNormalized {
                rows = rows.map { row in
                    let mean = row.reduce(0, +) / Double(width)
                    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                    return row.enumerated().map { column, value in
                        weights[at + column] * (value - mean) / (variance + 1e-5).squareRoot()
                            + weights[at + width + column]
                    }
                }
                at += 2 * width
            }
            rows = rows.map { $0.map(function.value) }
            guard hidden.dropout > 0 else { return rows }
            defer { dropouts += 1 }
            return rows.enumerated().map { index, row in
                row.enumerated().map { column, value in
                    stays(index, dropouts, column) ? value / (1 - Double(hidden.dropout)) : 0
                }
            }
        }
        var values = rows
        for (index, width) in hidden.widths.enumerated() {
            if hidden.isResidual, index > 0, hidden.widths[index - 1] == width {
                let change = linear(activate(linear(values, width)), width)
                values = zip(values, change).map { zip($0, $1).map(+) }
            } else {
                values = activate(linear(values, width))
            }
        }
        if seesDeviation { values = withDeviation(values) }
        return linear(values, 1).map { $0[0] }
    }

    /// The rows, each with the mean deviation of its group of four.
    private func withDeviation(_ rows: [[Double]]) -> [[Double]] {
        stride(from: 0, to: rows.count, by: 4).flatMap { start in
            let group = rows[start..<start + 4]
            let deviations = (0..<rows[0].count).map { column in
                let mean = group.reduce(0) { $0 + $1[column] } / 4
                return (group.reduce(0) { $0 + pow($1[column] - mean, 2) } / 4 + 1e-8).squareRoot()
            }
            return group.map { $0 + [deviations.reduce(0, +) / Double(deviations.count)] }
        }
    }

    /// The discriminator's loss with its penalties on real rows and then the same number of generated rows; slopes are
    /// central differences.
    func loss(_ rows: [[Double]], _ weights: [Double], r1: Double, r2: Double) -> Double {
        let count = rows.count / 2
        let logits = logits(rows, weights)
        var sum = (0..<count).reduce(0) { $0 + log1p(exp(logits[count + $1] - logits[$1])) }
        for row in rows.indices {
            for column in rows[row].indices {
                func total(_ change: Double) -> Double {
                    var moved = rows
                    moved[row][column] += change
                    return self.logits(moved, weights).reduce(0, +)
                }
                let slope = (total(1e-4) - total(-1e-4)) / 2e-4
                sum += (row < count ? r1 : r2) / 2 * slope * slope
            }
        }
        return sum / Double(count)
    }
}
