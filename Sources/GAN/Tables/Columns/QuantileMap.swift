import Formats

/// The distribution function of a column of numbers, by its quantiles, and the map of its values to N(0, 1) that follows.
///
/// A value that many rows have lies on a flat stretch of the quantile function: it is mapped to an interval, within which
/// training draws a point by chance, and every point of the interval is mapped back to exactly that value. So discrete
/// columns, point masses and continuous ones need one map only.
struct QuantileMap: Sendable, Equatable, Codable {
    /// Quantiles at equal steps of probability from 0 to 1, ascending; at least two.
    let knots: [Double]

    /// Probabilities are kept this far from 0 and 1, so that codes stay within 3.7 deviations.
    private static let margin = 1e-4
    /// As many knots as this, one for thirty rows, suffice: half a thousandth of the rows lie between two of them.
    private static let maximumKnots = 1000

    /// - Parameters:
    ///   - sorted: the values, ascending; at least one.
    ///   - protecting: how many rows at either end may not be told from one another, so that no knot is the value of one
    ///     row alone. Where there are few rows, there is not more than one knot for as many, lest they be learned by
    ///     heart.
    init(sorted: [Double], protecting rows: Int) {
        let count = min(Self.maximumKnots, max(sorted.count / 30, min(sorted.count / max(rows, 1), 100), 2))
        let protected = min(rows, (sorted.count - 1) / 2)
        let (first, last) = (sorted[protected], sorted[sorted.count - 1 - protected])
        knots = (0..<count).map { index in
            let place = Double(index) / Double(count - 1) * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            let value = (sorted[below]...sorted[above]).number(at: place - Double(below))
            return min(max(value, first), last)
        }
    }

    /// The code of a value: about N(0, 1) over the column's rows.
    ///
    /// - Parameter point: where in the value's interval, 0 to 1.
    func code(_ value: Double, point: Double) -> Float {
        let first = knots.partitionIndex { $0 >= value }
        let beyond = knots.partitionIndex { $0 > value }
        let place: Double
        if first == knots.count {
            place = Double(knots.count - 1)
        } else if beyond == 0 {
            place = 0
        } else if beyond - first > 1 {
            // A flat stretch of several knots reaches half-way to its neighbours: as many steps as it has knots.
            place = Double(first) - 0.5 + point * Double(beyond - first)
        } else if first < beyond {
            place = Double(first)
        } else {
            let fraction = (knots[first - 1]...knots[first]).share(of: value)
            let ramp = ramp(after: first - 1)
            place = Double(first - 1) + ramp.lowerBound + fraction * (ramp.upperBound - ramp.lowerBound)
        }
        let probability = place / Double(knots.count - 1)
        return Float(Normal.quantile(min(max(probability, Self.margin), 1 - Self.margin)))
    }

    /// The value of a code.
    func value(_ code: Float) -> Double {
        let place = Normal.probability(below: Double(code)) * Double(knots.count - 1)
        let below = min(Int(clamping: place), knots.count - 2)
        let (low, high) = (knots[below], knots[below + 1])
        let ramp = ramp(after: below)
        let fraction = place - Double(below)
        if fraction <= ramp.lowerBound { return low }
        if fraction >= ramp.upperBound { return high }
        return (low...high).number(at: ramp.share(of: fraction))
    }

    /// Which part of the step behind a knot goes from its value to the next: all of it, but for what belongs to the flat
    /// stretches on its sides.
    private func ramp(after index: Int) -> ClosedRange<Double> {
        let low = isFlat(index) ? 0.5 : 0
        return low...(isFlat(index + 1) ? 0.5 : 1)
    }

    private func isFlat(_ index: Int) -> Bool {
        (index > 0 && knots[index - 1] == knots[index])
            || (index + 1 < knots.count && knots[index + 1] == knots[index])
    }
}

extension QuantileMap {
    private static let knotLimit = 100_000

    /// Whether all that encoding and decoding rely on is so.
    var isSound: Bool {
        2...Self.knotLimit ~= knots.count && knots.allSatisfy(\.isFinite)
            && zip(knots, knots.dropFirst()).allSatisfy(<=)
    }
}
