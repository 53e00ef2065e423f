/// Moves `average` towards `weights`: average ← decay·average + (1 − decay)·weights; both have the same count.
package func moveAverage(_ average: inout [Float], towards weights: Span<Float>, decay: Float) {
    var a = average.mutableSpan
    let count = a.count
    precondition(weights.count == count)
    for i in 0..<count { a[i] += (1 - decay) * (weights[i] - a[i]) }
}
