/// Mean and standard deviation of the population, in two passes so that large values with a small spread keep it.
func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0) { $0 + $1 / count }
    let correction = values.reduce(0) { $0 + ($1 - mean) / count }
    let center = mean + correction
    let variance = values.reduce(0) { $0 + ($1 - center) * ($1 - center) / count }
    let deviation = variance.squareRoot()
    // Rounding alone gives a constant column a deviation of some units in the last place.
    return (center, deviation > 8 * center.ulp && deviation.isFinite ? deviation : 0)
}
