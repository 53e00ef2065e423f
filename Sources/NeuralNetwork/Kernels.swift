// The loops. Each takes its shapes from its arguments' counts, checks them once, and vectorises.
import Glibc

/// σ(x) = 1/(1 + e⁻ˣ).
package func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

/// log(1 + eˣ), without overflow for large x.
package func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-abs(x))) }

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
    case .leakyReLU(let slope): for i in 0..<count { y[i] = x[i] > 0 ? x[i] : slope * x[i] }
    case .tanh: for i in 0..<count { y[i] = tanhf(x[i]) }
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
    case .leakyReLU(let slope): for i in 0..<count { result[i] = x[i] > 0 ? values[i] : slope * values[i] }
    case .tanh:
        for i in 0..<count {
            let t = tanhf(x[i])
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
            let t = tanhf(x[i])
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

/// Adds `row` to each of the first `rows` rows of `matrix`.
func addRow(_ row: Span<Float>, to matrix: inout MutableSpan<Float>, rows: Int) {
    let width = row.count
    precondition(matrix.count >= rows * width)
    for r in 0..<rows {
        let start = r * width
        for i in 0..<width { matrix[start + i] += row[i] }
    }
}

/// Adds the first `rows` rows of `matrix` to `sum`.
func sumRows(_ matrix: Span<Float>, rows: Int, addingTo sum: inout MutableSpan<Float>) {
    let width = sum.count
    precondition(matrix.count >= rows * width)
    for r in 0..<rows {
        let start = r * width
        for i in 0..<width { sum[i] += matrix[start + i] }
    }
}

/// Adds `values` to `sum`; as many values in both.
package func add(_ values: Span<Float>, to sum: inout MutableSpan<Float>) {
    let count = sum.count
    precondition(values.count == count)
    for i in 0..<count { sum[i] += values[i] }
}

/// Whether every value is finite: NaN and the infinities are the largest bit patterns once the sign is gone.
package func allFinite(_ values: Span<Float>) -> Bool {
    var worst: UInt32 = 0
    for i in 0..<values.count { worst = max(worst, values[i].bitPattern & 0x7FFF_FFFF) }
    return worst < Float.infinity.bitPattern
}
