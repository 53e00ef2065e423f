/// How far apart two sets of numbers are.
package enum TwoSample {
    /// The share of pairs whose first number is the smaller one, equal ones counting half.
    static func shareBelow(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0.0) { $0 + ($1.0 < $1.1 ? 1 : $1.0 == $1.1 ? 0.5 : 0) } / Double(max(a.count, 1))
    }

    /// The Kolmogorov-Smirnov distance: the largest difference of the two distribution functions, 0 to 1.
    package static func kolmogorovSmirnov(_ a: [Double], _ b: [Double]) -> Double {
        var worst = 0.0
        walk(a, b) { difference, _ in worst = max(worst, abs(difference)) }
        return worst
    }

    /// The first Wasserstein distance, in the unit of the numbers: the area between the distribution functions.
    package static func wasserstein(_ a: [Double], _ b: [Double]) -> Double {
        var area = 0.0
        walk(a, b) { difference, width in area += abs(difference) * width }
        return area
    }

    /// Visits each value of either set with the difference of the distribution functions there and the way to the next.
    private static func walk(_ a: [Double], _ b: [Double], _ visit: (_ difference: Double, _ width: Double) -> Void) {
        // What is no number is behind all numbers.
        let (a, b) = (a.map { $0.isNaN ? .infinity : $0 }.sorted(), b.map { $0.isNaN ? .infinity : $0 }.sorted())
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            let value = min(i < a.count ? a[i] : .infinity, j < b.count ? b[j] : .infinity)
            while i < a.count, a[i] == value { i += 1 }
            while j < b.count, b[j] == value { j += 1 }
            let next = min(i < a.count ? a[i] : .infinity, j < b.count ? b[j] : .infinity)
            let difference = Double(i) / Double(a.count) - Double(j) / Double(b.count)
            visit(difference, next.isFinite ? next - value : 0)
        }
    }
}
