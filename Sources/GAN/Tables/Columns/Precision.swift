import Formats
import Glibc

/// How exactly a column's numbers were given.
enum Precision {
    /// The fewest digits after the point with which every value can be written, up to 9; `nil` where that is not enough.
    static func decimals(of values: [Double]) -> Int? {
        var decimals = 0
        for value in values where value.isFinite {
            while !isWhole(value * power(decimals), unit: value.ulp * power(decimals)) {
                decimals += 1
                if decimals > 9 { return nil }
            }
        }
        return decimals
    }

    /// Digits after the point that a column is written with: those that its values were given with, as far as a double
    /// can have them; of others what single precision tells apart, six to seven digits of a deviation. `nil` is for
    /// digits from each number's first on, where those after the point would leave many of the numbers too few.
    ///
    /// - Parameter exact: `decimals(of:)`.
    static func decimals(of values: [Double], exact: Int?, deviation: Double) -> Int? {
        let enough = deviation > 0 ? min(15, max(0, 6 - Int(floor(log10(deviation))))) : 15
        guard let exact else { return areSmall(values, for: enough) ? nil : enough }
        // Beyond that many digits any double looks as if it had so few decimals.
        let largest = values.reduce(0) { max($0, abs($1)) }
        return largest * power(exact) < 1e15 || areSmall(values, for: enough) ? exact : min(exact, enough)
    }

    /// Whether so many digits after the point would leave many of the numbers too few: those beside others that are far
    /// larger.
    private static func areSmall(_ values: [Double], for decimals: Int) -> Bool {
        let (small, others) = (1000 / power(decimals), values.lazy.filter { $0 != 0 })
        return others.count { abs($0) < small } * 20 > others.count
    }

    /// Rounds to so many digits after the point, or for `nil` to seven from the first on.
    static func round(_ value: Double, decimals: Int?) -> Double {
        if let decimals { return round(value, power: power(decimals)) }
        guard value.isNormal else { return value }
        let exponent = Int(floor(log10(abs(value)))) - 6
        // The unit of the smallest numbers is too small for a double's full precision, and training takes such for zero.
        let scaled =
            exponent < -300 ? value * 1e300 / pow(10, Double(exponent + 300)) : value / pow(10, Double(exponent))
        let digits = Int(clamping: scaled.rounded())
        // Powers of ten beyond 10²² are rounded themselves; a text is not.
        return Double("\(digits)e\(exponent)") ?? value
    }

    /// Rounds to so many digits; beyond 2⁵³ every double is a whole number of these units already.
    static func round(_ value: Double, power: Double) -> Double {
        let scaled = value * power
        return abs(scaled) < 0x1p53 ? scaled.rounded() / power : value
    }

    static func power(_ decimals: Int) -> Double { powers[decimals] }

    private static let powers = (0...15).map { pow(10, Double($0)) }

    /// Whether a number is whole but for its last digits; what is beyond all doubles is, and what is next to 0 is not.
    private static func isWhole(_ value: Double, unit: Double) -> Bool {
        let whole = value.rounded()
        return value.isInfinite || abs(value - whole) <= 2 * unit && (whole != 0 || value == 0)
    }
}
