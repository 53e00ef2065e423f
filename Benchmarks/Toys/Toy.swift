import Formats
import Foundation
import GAN
import NeuralNetwork

/// A mixture of normals in the plane whose modes can be counted (protocol of Lin et al. 2018, arXiv:1712.04086).
struct Toy {
    let name: String
    let centers: [SIMD2<Double>]
    let deviation: Double

    /// 8 normals on the unit circle, σ 0.01.
    static let ring = Toy(
        name: "ring",
        centers: (0..<8).map { index in
            let angle = Double(index) * Double.pi / 4
            return SIMD2(cos(angle), sin(angle))
        }, deviation: 0.01)
    /// 25 normals 2 apart, σ 0.05.
    static let grid = Toy(
        name: "grid",
        centers: (0..<25).map { index in
            let (column, row) = index.quotientAndRemainder(dividingBy: 5)
            return SIMD2(Double(2 * column - 4), Double(2 * row - 4))
        }, deviation: 0.05)

    func table(rows: Int, seed: UInt64) -> Table {
        let noise = Random(seed: seed, stream: .demonstration)
        let choice = Random(seed: seed, stream: .demonstrationChoice)
        let points = (0..<rows).map { row in
            let normals = noise.normals(row: row, block: 0)
            return centers[choice.index(row: row, below: centers.count)]
                + deviation * SIMD2(Double(normals[0]), Double(normals[1]))
        }
        return Table(
            columns: [Column(name: "x", values: points.map(\.x)), Column(name: "y", values: points.map(\.y))],
            orientation: .rows)
    }

    /// The modes that have a sample within 3σ, the share of samples that are within 3σ of a mode, and the divergence
    /// Σ p̂ log(p̂·K) of these samples' modes from a uniform choice.
    func judge(_ sample: Table) -> (modes: Int, highQuality: Double, reverseKL: Double) {
        var counts = [Int](repeating: 0, count: centers.count)
        for (x, y) in zip(sample.columns[0].values, sample.columns[1].values) {
            let distances = centers.map { center in
                let difference = SIMD2(x, y) - center
                return (difference * difference).sum().squareRoot()
            }
            let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
            if distances[nearest] <= 3 * deviation { counts[nearest] += 1 }
        }
        let good = counts.reduce(0, +)
        let divergence = counts.filter { $0 > 0 }.reduce(0.0) { sum, count in
            let share = Double(count) / Double(good)
            return sum + share * log(share * Double(centers.count))
        }
        return (counts.count { $0 > 0 }, Double(good) / Double(sample.rowCount), divergence)
    }
}
