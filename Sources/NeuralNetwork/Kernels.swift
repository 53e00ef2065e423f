// The loops. Each takes its shapes from its arguments' counts, checks them once, and vectorises.
import CKernels

extension ActivationFunction {
    /// Whether φ'' is not zero everywhere.
    var isCurved: Bool {
        switch self {
        case .identity, .leakyReLU: false
        case .tanh, .sigmoid, .silu: true
        }
    }
}

/// Overwrites y with φ(x); x and y have the same count.
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

/// Overwrites `result` with φ'(x)·values; all three have the same count.
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

/// Multiplies `values` by the slopes of the leaky ReLU at x; x may be its inputs or its outputs, which have the same
/// sign. Both have the same count.
package func multiplyBySlope(_ negativeSlope: Float, at x: Span<Float>, _ values: inout MutableSpan<Float>) {
    precondition(values.count == x.count)
    unsafe x.withUnsafeBufferPointer { x in
        unsafe values.withUnsafeMutableBufferPointer { values in
            guard let first = values.baseAddress else { return }
            unsafe gand_multiply_by_slope(gand_rectifier(slope: negativeSlope, at: x.baseAddress), first, values.count)
        }
    }
}

/// Adds φ''(x)·tangent·gradient to `result`; all four have the same count.
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

/// Adds the first `rows` rows of `matrix` to `sum`, each times its factor if factors are given.
package func sumRows(
    _ matrix: Span<Float>, rows: Int, factors: Span<Float>? = nil, addingTo sum: inout MutableSpan<Float>
) {
    let width = sum.count
    precondition(matrix.count >= rows * width && factors?.count ?? rows >= rows)
    unsafe matrix.withUnsafeBufferPointer { matrix in
        unsafe withPointer(to: factors) { factors in
            unsafe sum.withUnsafeMutableBufferPointer { sum in
                guard let matrix = matrix.baseAddress, let sum = sum.baseAddress else { return }
                unsafe gand_sum_rows(matrix, rows, width, factors, sum)
            }
        }
    }
}

/// Adds each row of `matrix`, times its factor, to the same row of `sum`; both have the same count.
func addScaledRows(_ matrix: Span<Float>, factors: Span<Float>, to sum: inout MutableSpan<Float>) {
    let (rows, count) = (factors.count, matrix.count)
    let width = count / max(rows, 1)
    precondition(sum.count == count && count == rows * width)
    for r in 0..<rows {
        let factor = factors[r]
        for i in r * width..<(r + 1) * width { sum[i] += factor * matrix[i] }
    }
}

/// Adds `values` to `sum`; both have the same count.
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

/// Whether every value is finite: NaN and the infinities have the largest bit patterns, without the sign.
package func allFinite(_ values: Span<Float>) -> Bool {
    var worst: UInt32 = 0
    for i in 0..<values.count { worst = max(worst, values[i].bitPattern & 0x7FFF_FFFF) }
    return worst < Float.infinity.bitPattern
}
