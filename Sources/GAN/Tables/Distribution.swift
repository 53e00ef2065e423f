package import Formats
import NeuralNetwork

/// A distribution to draw training data from, instead of sending them.
package enum Distribution: Sendable {
    case normal(mean: Double, deviation: Double)
    case uniform(low: Double, high: Double)
    /// Normals with weights above zero.
    case mixture([(weight: Double, mean: Double, deviation: Double)])

    /// What the introduction calls real: N(10, 1).
    package static let demonstration = Distribution.normal(mean: 10, deviation: 1)
    package static let demonstrationCount = 1_000

    package func table(count: Int, seed: UInt64) -> Table {
        let random = Random(seed: seed, stream: .demonstration)
        let choice = Random(seed: seed, stream: .demonstrationChoice)
        var normals = [Float](repeating: 0, count: count)
        var span = normals.mutableSpan
        random.fillNormal(&span, row: 0, width: 1)
        let values = (0..<count).map { row in
            switch self {
            case .normal(let mean, let deviation): return mean + deviation * Double(normals[row])
            case .uniform(let low, let high): return low + (high - low) * Double(random.uniform(row: row))
            case .mixture(let components):
                var rest = Double(choice.uniform(row: row)) * components.reduce(0) { $0 + $1.weight }
                let chosen = components.first { component in
                    rest -= component.weight
                    return rest < 0
                }
                let component = chosen ?? components[components.count - 1]
                return component.mean + component.deviation * Double(normals[row])
            }
        }
        return Table(columns: [Column(name: "x", values: values)], orientation: .numbers)
    }
}
