import Formats
import Glibc
import NeuralNetwork

/// The map of logits to the probability that a row is real: σ(slope·logit + offset), with a slope above zero so that
/// scores are ordered as the logits are (Platt 1999, with the targets of Lin, Lin & Weng 2007).
package struct Calibration: Sendable, Equatable, Codable {
    package var slope: Float
    package var offset: Float

    /// σ(logit).
    package static let identity = Calibration(slope: 1, offset: 0)

    package func probability(_ logit: Float) -> Float { sigmoid(slope * logit + offset) }

    /// Whether scores are numbers and ordered as logits are, whoever made it.
    var isSound: Bool { slope.isFinite && slope > 0 && offset.isFinite }

    /// The logarithm of the odds that a row is real.
    func logOdds(_ logit: Float) -> Double { Double(slope) * Double(logit) + Double(offset) }

    package init(slope: Float, offset: Float) {
        self.slope = slope
        self.offset = offset
    }

    /// Fits the logits of real rows against those of others, as if there were as many of either.
    package init(real: [Float], fake: [Float]) {
        guard !real.isEmpty, !fake.isEmpty else {
            self = .identity
            return
        }
        // Each side weighs one; the targets keep a separable pair from running away.
        let sides = [(real, 1 / (1 + 1 / Double(real.count + 1))), (fake, 1 / Double(fake.count + 2))]
        var (a, b) = (1.0, 0.0)
        for _ in 0..<50 {
            // Newton's method; the ridge keeps flat logits solvable.
            var (ga, gb, haa, hab, hbb) = (1e-6 * (a - 1), 0.0, 1e-6, 0.0, 1e-9)
            for (logits, target) in sides {
                for logit in logits {
                    let x = Double(logit)
                    let p = 1 / (1 + exp(-(a * x + b)))
                    let (g, h) = ((p - target) / Double(logits.count), p * (1 - p) / Double(logits.count))
                    ga += g * x
                    gb += g
                    haa += h * x * x
                    hab += h * x
                    hbb += h
                }
            }
            let determinant = haa * hbb - hab * hab
            guard determinant > 1e-18 else { break }
            // Steps are bounded: far from the optimum the curvature says little.
            let da = max(-1, min(1, (hbb * ga - hab * gb) / determinant))
            let db = max(-4, min(4, (haa * gb - hab * ga) / determinant))
            a = max(0.05, a - da)
            b -= db
            if abs(da) + abs(db) < 1e-9 { break }
        }
        self = a.isFinite && b.isFinite ? Calibration(slope: Float(a), offset: Float(b)) : .identity
    }

    /// The expected calibration error: how far the scores of each tenth of the range are from the share of real rows
    /// there, on average (Guo et al. 2017, arXiv:1706.04599). Real rows and others weigh alike.
    package func error(real: [Float], fake: [Float]) -> Double {
        // In each bin, the real rows less what the scores say that there are.
        var excess = [Double](repeating: 0, count: 10)
        for (logits, isReal) in [(real, 1.0), (fake, 0.0)] {
            for logit in logits {
                let score = Double(probability(logit))
                excess[min(9, Int(clamping: 10 * score))] += (isReal - score) / Double(2 * logits.count)
            }
        }
        return excess.reduce(0) { $0 + abs($1) }
    }
}
