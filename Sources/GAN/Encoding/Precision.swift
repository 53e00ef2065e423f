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

    /// Digits after the point that tell apart what single precision can: six to seven of a deviation.
    static func decimals(deviation: Double) -> Int {
        guard deviation > 0 else { return 15 }
        return min(15, max(0, 6 - Int(floor(log10(deviation)))))
    }

    /// Rounds to so many digits; beyond 2⁵³ every double is a whole number of these units already.
    static func round(_ value: Double, power: Double) -> Double {
        let scaled = value * power
        return abs(scaled) < 0x1p53 ? scaled.rounded() / power : value
    }

    static func power(_ decimals: Int) -> Double { powers[decimals] }

    private static let powers = (0...15).map { pow(10, Double($0)) }

    private static func isWhole(_ value: Double, unit: Double) -> Bool {
        abs(value - value.rounded()) <= 2 * unit
    }
}
