extension [Double] {
    /// Mean and standard deviation of the population; a deviation of 0 is that of equal numbers.
    package var moments: (mean: Double, deviation: Double) {
        var (mean, variance) = meanAndVariance
        var deviation = variance.squareRoot()
        if !variance.isNormal, let largest = lazy.map(\.magnitude).max(), largest > 0 {
            // No double is the square of a very large or a very small number. A power of two as a unit rounds nothing.
            let unit = Double(sign: .plus, exponent: largest.exponent, significand: 1)
            (mean, variance) = map { $0 / unit }.meanAndVariance
            (mean, deviation) = (mean * unit, variance.squareRoot() * unit)
        }
        // Rounding alone gives a constant column a deviation of some units in the last place.
        return (mean, deviation > 8 * mean.ulp && deviation.isFinite ? deviation : 0)
    }

    /// In two passes, so that large values with a small spread keep it.
    private var meanAndVariance: (mean: Double, variance: Double) {
        let count = Double(Swift.max(self.count, 1))
        let mean = reduce(0) { $0 + $1 / count }
        let center = mean + reduce(0) { $0 + ($1 - mean) / count }
        return (center, reduce(0) { $0 + ($1 - center) * ($1 - center) / count })
    }
}
