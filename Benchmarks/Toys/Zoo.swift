import Formats
import Foundation
import GAN
import NeuralNetwork

/// One-dimensional distributions of every kind that a column may have.
enum Zoo: CaseIterable {
    /// N(0, 1); two normals 10σ apart; rate 1; on 0 to 1; exp(N(0, 1)); Cauchy clipped at its 99.9 % quantiles; 0 to 9
    /// alike; 5 with a probability of 30 % and else N(0, 1); N(1e9, 1).
    case normal, twoNormals, exponential, uniform, lognormal, cauchy, integers, mass, large

    func table(rows: Int, seed: UInt64) -> Table {
        let random = Random(seed: seed, stream: .demonstration)
        let choice = Random(seed: seed, stream: .demonstrationChoice)
        let values = (0..<rows).map { row in
            let normal = Double(random.normals(row: row, block: 0)[0])
            // Off the grid of 2⁻²⁴ and never 0.
            let chance = (Double(choice.words(row: row, block: 0)[0]) + 0.5) * 0x1p-32
            switch self {
            case .normal: return normal
            case .twoNormals: return chance < 0.5 ? normal : normal + 10
            case .exponential: return -log(chance)
            case .uniform: return chance
            case .lognormal: return exp(normal)
            case .cauchy: return min(max(tan(.pi * (chance - 0.5)), -318.3), 318.3)
            case .integers: return Double(Int(chance * 10))
            case .mass: return chance < 0.3 ? Self.point : normal
            case .large: return 1e9 + normal
            }
        }
        return Table(columns: [Column(name: "x", values: values)], orientation: .numbers)
    }

    private static let point = 5.0

    static func share(ofMass values: [Double]) -> Double {
        Double(values.count { $0 == point }) / Double(values.count)
    }
}
