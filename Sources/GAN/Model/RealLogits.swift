import Formats
import Glibc

/// What logits real rows have that are new to the scorer: in ascending order, so that a row's rank among them is its
/// percentile.
///
/// The held-out rows alone would tell, but they are few, and their chance is in every percentile. The rows that were
/// learned from are ten times as many, and nearly like them: the scorer has come to know them a little better. How much
/// better, the held-out rows tell: their ranks u among all rows have the distribution function 1 − (1 − uᵃ)ᵇ, with a = b = 1
/// where there is no difference (Kumaraswamy 1980, doi:10.1016/0022-1694(80)90036-0), and a and b are the likeliest ones.
package enum RealLogits {
    private static let mostLogits = 16_384
    private static let fewestHeldOut = 50
    private static let rarest = 5

    /// - Parameters:
    ///   - learned: logits of rows that the scorer learned from.
    ///   - heldOut: of rows that it did not, ascending.
    package static func merge(learned: [Float], heldOut: [Float]) -> [Float] {
        guard heldOut.count >= fewestHeldOut else { return heldOut }
        let all = (learned + heldOut).sorted()
        let ranks = heldOut.map { rank($0, among: all) }
        let (a, b) = likeliest(ranks)
        // The two must be alike enough that nothing says otherwise: Lilliefors' test at about 5 %, for a and b are fitted to
        // the same rows (1967, doi:10.1080/01621459.1967.10482916).
        let distances = zip(ranks, heldOut).map { abs(share($0, a, b) - rank($1, among: heldOut)) }
        guard (distances.max() ?? 1) < 0.9 / Double(heldOut.count).squareRoot() else { return heldOut }
        let count = min(mostLogits, all.count)
        return (1...count).map { level in
            let share = Double(level) / Double(count + 1)
            let rank = pow(1 - pow(1 - share, 1 / b), 1 / a)
            let logit = all[min(all.count - 1, Int(clamping: rank * Double(all.count)))]
            // How unlike the others the least real ones are, only those tell that are new to the scorer.
            let place = Int(share * Double(heldOut.count))
            return place < rarest ? min(logit, heldOut[place]) : logit
        }
    }

    /// 1 − (1 − uᵃ)ᵇ.
    private static func share(_ rank: Double, _ a: Double, _ b: Double) -> Double { 1 - pow(1 - pow(rank, a), b) }

    /// Between 0 and 1; amid those that are equal.
    private static func rank(_ logit: Float, among all: [Float]) -> Double {
        let (below, upTo) = (all.partitionIndex { $0 >= logit }, all.partitionIndex { $0 > logit })
        return Double(below + upTo) / Double(2 * all.count)
    }

    /// For any a the likeliest b is known; a is found by golden sections.
    private static func likeliest(_ ranks: [Double]) -> (a: Double, b: Double) {
        let count = Double(ranks.count)
        let logarithms = ranks.reduce(0) { $0 + log($1) }
        func best(_ a: Double) -> (b: Double, likelihood: Double) {
            let rest = ranks.reduce(0) { $0 + log1p(-pow($1, a)) }
            let b = -count / rest
            return (b, count * log(a * b) + (a - 1) * logarithms + (b - 1) * rest)
        }
        var (low, high) = (0.1, 10.0)
        let golden = (5.0.squareRoot() - 1) / 2
        for _ in 0..<40 {
            let (left, right) = (high - golden * (high - low), low + golden * (high - low))
            if best(left).likelihood > best(right).likelihood { high = right } else { low = left }
        }
        let a = (low + high) / 2
        return (a, best(a).b)
    }
}
