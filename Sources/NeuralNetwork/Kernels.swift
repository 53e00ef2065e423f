// The loops. Each takes its shapes from its arguments' counts, checks them once, and vectorises.
extension ActivationFunction {
    /// Whether φ'' is not zero everywhere.
    var isCurved: Bool {
        switch self {
        case .identity, .leakyReLU: false
        case .tanh, .sigmoid, .silu: true
        }
    }
}

/// Overwrites y with φ(x); as many values in both.
func apply(_ function: ActivationFunction, _ x: Span<Float>, to y: inout MutableSpan<Float>) {
    let count = x.count
    precondition(y.count == count)
    switch function {
    case .identity: for i in 0..<count { y[i] = x[i] }
    case .leakyReLU(let slope): for i in 0..<count { y[i] = (x[i] > 0 ? 1 : slope) * x[i] }
    case .tanh: for i in 0..<count { y[i] = hyperbolicTangent(x[i]) }
    case .sigmoid: for i in 0..<count { y[i] = sigmoid(x[i]) }
    case .silu: for i in 0..<count { y[i] = x[i] * sigmoid(x[i]) }
    }
}

/// Overwrites `result` with φ'(x)·values; as many values in all three.
func multiplyBySlope(
    _ function: ActivationFunction, at x: Span<Float>, _ values: Span<Float>, into result: inout MutableSpan<Float>
) {
    let count = x.count
    precondition(values.count == count && result.count == count)
    switch function {
    case .identity: for i in 0..<count { result[i] = values[i] }
    case .leakyReLU(let slope): for i in 0..<count { result[i] = (x[i] > 0 ? 1 : slope) * values[i] }
    case .tanh:
        for i in 0..<count {
            let t = hyperbolicTangent(x[i])
            result[i] = (1 - t * t) * values[i]
        }
    case .sigmoid:
        for i in 0..<count {
            let s = sigmoid(x[i])
            result[i] = s * (1 - s) * values[i]
        }
    case .silu:
        for i in 0..<count {
            let s = sigmoid(x[i])
            result[i] = s * (1 + x[i] * (1 - s)) * values[i]
        }
    }
}

/// Adds φ''(x)·tangent·gradient to `result`; as many values in all four.
func addCurvature(
    _ function: ActivationFunction, at x: Span<Float>, _ tangent: Span<Float>, _ gradient: Span<Float>,
    to result: inout MutableSpan<Float>
) {
    let count = x.count
    precondition(tangent.count == count && gradient.count == count && result.count == count)
    switch function {
    case .identity, .leakyReLU: break
    case .tanh:
        for i in 0..<count {
            let t = hyperbolicTangent(x[i])
            result[i] += -2 * t * (1 - t * t) * tangent[i] * gradient[i]
        }
    case .sigmoid:
        for i in 0..<count {
            let s = sigmoid(x[i])
            result[i] += s * (1 - s) * (1 - 2 * s) * tangent[i] * gradient[i]
        }
    case .silu:
        for i in 0..<count {
            let s = sigmoid(x[i])
            result[i] += s * (1 - s) * (2 + x[i] * (1 - 2 * s)) * tangent[i] * gradient[i]
        }
    }
}

/// Adds the first `rows` rows of `matrix` to `sum`, row r `factors[r]` times where factors are given.
package func sumRows(
    _ matrix: Span<Float>, rows: Int, factors: Span<Float>? = nil, addingTo sum: inout MutableSpan<Float>
) {
    let width = sum.count
    precondition(matrix.count >= rows * width && factors?.count ?? rows >= rows)
    var column = 0
    // Sixteen columns at a time stay in registers, every other row's in its own.
    while column + 16 <= width {
        var (even, odd) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
        var r = 0
        while r + 2 <= rows {
            even += (factors?[r] ?? 1) * sixteen(matrix, at: r &* width &+ column)
            odd += (factors?[r &+ 1] ?? 1) * sixteen(matrix, at: (r &+ 1) &* width &+ column)
            r &+= 2
        }
        if r < rows { even += (factors?[r] ?? 1) * sixteen(matrix, at: r &* width &+ column) }
        even += odd
        for lane in 0..<16 { sum[column &+ lane] += even[lane] }
        column += 16
    }
    while column < width {
        var total: Float = 0
        for r in 0..<rows { total += (factors?[r] ?? 1) * matrix[r &* width &+ column] }
        sum[column] += total
        column += 1
    }
}

@inline(__always)
private func sixteen(_ values: Span<Float>, at index: Int) -> SIMD16<Float> {
    let part = values.extracting(index..<index &+ 16)
    var lanes = SIMD16<Float>.zero
    for lane in 0..<16 { lanes[lane] = part[lane] }
    return lanes
}

/// Adds to each of the last `rows` rows of `matrix`, which has twice as many, the row as far down its first half times
/// that row's factor.
func addScaledSamples(to matrix: inout MutableSpan<Float>, rows: Int, factors: Span<Float>) {
    let border = matrix.count / 2
    let width = border / max(rows, 1)
    precondition(matrix.count == 2 * rows * width && factors.count == rows)
    for r in 0..<rows {
        let factor = factors[r]
        var x = r * width
        for _ in 0..<width {
            matrix[border + x] += factor * matrix[x]
            x += 1
        }
    }
}

/// Adds `values` to `sum`; as many values in both.
package func add(_ values: Span<Float>, to sum: inout MutableSpan<Float>) {
    let count = sum.count
    precondition(values.count == count)
    for i in 0..<count { sum[i] += values[i] }
}

/// The mean of a function of 0..<count, by partial sums of eight, which vectorise.
@inline(__always)
func mean(_ count: Int, _ value: (Int) -> Float) -> Float {
    var sums = SIMD8<Float>.zero
    var index = 0
    while index + 8 <= count {
        var values = SIMD8<Float>.zero
        for lane in 0..<8 { values[lane] = value(index + lane) }
        sums += values
        index += 8
    }
    var sum = sums.sum()
    while index < count {
        sum += value(index)
        index += 1
    }
    return sum / Float(count)
}

/// Whether every value is finite: NaN and the infinities are the largest bit patterns once the sign is gone.
package func allFinite(_ values: Span<Float>) -> Bool {
    var worst: UInt32 = 0
    for i in 0..<values.count { worst = max(worst, values[i].bitPattern & 0x7FFF_FFFF) }
    return worst < Float.infinity.bitPattern
}
