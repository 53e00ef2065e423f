import Glibc
import NeuralNetwork

/// Which of the rows that a generator makes are given away: the likelier a discriminator takes one for real, the likelier it
/// is (discriminator rejection sampling, Azadi et al. 2018, arXiv:1810.06758, with γ = 0). Where the discriminator is right,
/// those that remain are distributed as the data are.
package struct Rejection: Sendable, Equatable, Codable {
    /// What share of the rows is given away, by those that were looked at.
    package let acceptanceRate: Double
    /// What makes of the discriminator's logit the log-odds of a row's being real rather than generated.
    private let odds: Calibration
    /// M: rows of these log-odds and above are all given away.
    private let largest: Double

    /// - Parameters:
    ///   - generated: the discriminator's logits of rows that the generator has made, one at least.
    ///   - quantile: of the rows, those above it are taken to be alike: the largest log-odds of all would be those of an
    ///     outlier, for which hardly any row would be given away. A tenth of the rows costs one point of quality on
    ///     Benchmarks/Toys' ring.
    init(odds: Calibration, generated: [Float], quantile: Double = 0.9) {
        self.odds = odds
        let values = generated.map(odds.logOdds).sorted()
        largest = values[Int(quantile * Double(values.count - 1))]
        let sum = values.reduce(0) { [largest] in $0 + Self.probability($1, largest: largest) }
        // More digits would be those of chance.
        acceptanceRate = (10_000 * sum / Double(values.count)).rounded() / 10_000
    }

    /// How much the log-odds rise with the logit.
    var slope: Float { odds.slope }

    /// Whether it can be asked, whoever made it.
    var isSound: Bool { odds.isSound && largest.isFinite && 0...1 ~= acceptanceRate }

    /// How probable it is that a row of that logit is given away.
    func probability(_ logit: Float) -> Double { Self.probability(odds.logOdds(logit), largest: largest) }

    private static func probability(_ odds: Double, largest: Double) -> Double { exp(min(0, odds - largest)) }
}
