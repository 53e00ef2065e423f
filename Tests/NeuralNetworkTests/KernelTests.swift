import Foundation
import NeuralNetwork
import Testing

/// The fast loops against naive ones.
struct KernelTests {
    @Test(
        arguments: [
            (1, 1, 1), (3, 5, 7), (128, 32, 8), (17, 33, 65), (32, 3, 9), (33, 1, 40), (2, 7, 3), (260, 257, 270),
        ], [(false, false), (true, false), (false, true)])
    func productsMatchNaiveLoops(_ shape: (Int, Int, Int), _ transposed: (Bool, Bool)) {
        let (m, n, k) = shape
        func matrix(_ count: Int, _ row: Int) -> [Float] {
            var values = [Float](repeating: 0, count: count)
            var span = values.mutableSpan
            Random(seed: 5, stream: .first).fillNormal(&span, row: row, width: count)
            return values
        }
        let (a, b) = (matrix(m * k, 0), matrix(k * n, 1))
        var c = matrix(m * n, 2)
        let before = c
        var span = c.mutableSpan
        multiply(
            a.span, aTransposed: transposed.0, by: b.span, bTransposed: transposed.1, into: &span, m: m, n: n, k: k,
            adding: true)
        for i in 0..<m {
            for j in 0..<n {
                var sum = Double(before[i * n + j])
                for l in 0..<k {
                    sum +=
                        Double(transposed.0 ? a[l * m + i] : a[i * k + l])
                        * Double(transposed.1 ? b[j * k + l] : b[l * n + j])
                }
                #expect(abs(Double(c[i * n + j]) - sum) < 1e-4)
            }
        }
    }

    /// So networks of small layers learn the same on every processor, whatever the shape of its tiles.
    @Test(
        arguments: [(64, 32, 32), (23, 45, 600), (41, 8, 9), (300, 17, 130)],
        [(false, false), (true, false), (false, true)])
    func elementsOfAProductAreChainsInOrder(_ shape: (Int, Int, Int), _ transposed: (Bool, Bool)) {
        let (m, n, k) = shape
        let random = Random(seed: 6, stream: .first)
        let (a, b) = (
            (0..<m * k).map { random.normals(row: $0, block: 0)[0] },
            (0..<n * k).map { random.normals(row: $0, block: 1)[0] }
        )
        var c = [Float](repeating: 0, count: m * n)
        let bias = (0..<n).map(Float.init)
        var span = c.mutableSpan
        multiply(
            a.span, aTransposed: transposed.0, by: b.span, bTransposed: transposed.1, into: &span, m: m, n: n, k: k,
            bias: transposed.0 ? nil : bias.span)
        var expected = c
        for i in 0..<m {
            for j in 0..<n {
                var sum = transposed.0 ? 0 : bias[j]
                for l in 0..<k {
                    sum.addProduct(
                        transposed.0 ? a[l * m + i] : a[i * k + l], transposed.1 ? b[j * k + l] : b[l * n + j])
                }
                expected[i * n + j] = sum
            }
        }
        #expect(c == expected)
    }

    /// Tiles, whole and cut, several panels, columns one by one, and oneDNN.
    @Test(arguments: [(64, 32, 32), (23, 45, 600), (41, 3, 9), (3, 2, 4), (5, 520, 521)])
    func productsAreRectifiedAsTheyAreStored(_ shape: (Int, Int, Int)) {
        let (m, n, k) = shape
        let random = Random(seed: 8, stream: .first)
        func matrix(_ count: Int, _ block: Int) -> [Float] {
            (0..<count).map { random.normals(row: $0, block: block)[0] }
        }
        let (a, b, bias, samples) = (matrix(m * k, 0), matrix(n * k, 1), matrix(n, 2), matrix(m * n, 3))
        func product(bias: Span<Float>?, negativeSlope: Float? = nil, slopesAt x: Span<Float>? = nil) -> [Float] {
            var c = samples
            var span = c.mutableSpan
            multiply(
                a.span, by: b.span, bTransposed: true, into: &span, m: m, n: n, k: k, bias: bias,
                negativeSlope: negativeSlope, slopesAt: x)
            return c
        }
        let sums = product(bias: bias.span)
        #expect(product(bias: bias.span, negativeSlope: 0.2) == sums.map { $0 > 0 ? $0 : 0.2 * $0 })
        let tangents = product(bias: nil)
        #expect(
            product(bias: nil, negativeSlope: 0.2, slopesAt: samples.span)
                == zip(tangents, samples).map { $1 > 0 ? $0 : 0.2 * $0 })
    }

    @Test(arguments: [1, 16, 45]) func slopesOfALeakyReLU(_ count: Int) {
        let random = Random(seed: 9, stream: .first)
        let x = (0..<count).map { $0 % 5 == 4 ? 0 : random.normals(row: $0, block: 0)[0] }
        var values = (0..<count).map { random.normals(row: $0, block: 1)[0] }
        let expected = zip(x, values).map { $0 > 0 ? $1 : 0.1 * $1 }
        var span = values.mutableSpan
        multiplyBySlope(0.1, at: x.span, &span)
        #expect(values == expected)
    }

    /// Eight chains, so that they are the same on every processor.
    @Test(arguments: [(1, 1), (21, 1), (7, 16), (129, 33), (64, 70)])
    func sumsOfRowsMatchNaiveLoops(_ rows: Int, _ width: Int) {
        let random = Random(seed: 7, stream: .first)
        let matrix = (0..<rows * width).map { random.normals(row: $0, block: 0)[0] }
        let factors = (0..<rows).map { random.normals(row: $0, block: 1)[0] }
        for factors in [nil, factors] {
            var sum = [Float](repeating: 1, count: width)
            var span = sum.mutableSpan
            sumRows(matrix.span, rows: rows, factors: factors?.span, addingTo: &span)
            for column in 0..<width {
                var chains = [Float](repeating: 0, count: 8)
                for row in 0..<rows { chains[row % 8].addProduct(factors?[row] ?? 1, matrix[row * width + column]) }
                let pairs = stride(from: 0, to: 8, by: 2).map { chains[$0] + chains[$0 + 1] }
                #expect(sum[column] == 1 + ((pairs[0] + pairs[1]) + (pairs[2] + pairs[3])))
            }
        }
    }

    @Test func adamMatchesItsFormula() {
        var weights: [Float] = [1, -2, 0.5]
        var adam = Adam(weightCount: 3)
        var (m, v, expected) = ([0.0, 0, 0], [0.0, 0, 0], [1.0, -2, 0.5])
        for step in 1...5 {
            let gradient: [Float] = [0.1 * Float(step), -0.3, 2]
            adam.update(&weights, gradient: gradient.span, learningRate: 0.01, beta1: 0.9, beta2: 0.99)
            for i in 0..<3 {
                m[i] = 0.9 * m[i] + 0.1 * Double(gradient[i])
                v[i] = 0.99 * v[i] + 0.01 * Double(gradient[i]) * Double(gradient[i])
                let (mHat, vHat) = (m[i] / (1 - pow(0.9, Double(step))), v[i] / (1 - pow(0.99, Double(step))))
                expected[i] -= 0.01 * mHat / (vHat.squareRoot() + 1e-8)
            }
        }
        for i in 0..<3 { #expect(abs(Double(weights[i]) - expected[i]) < 1e-5) }
    }

    @Test func movingAverageMovesByItsDecay() {
        var average: [Float] = [0, 10]
        moveAverage(&average, towards: [1, 0].span, decay: 0.75)
        #expect(average == [0.25, 7.5])
    }

    @Test(arguments: [(Float.nan, false), (.infinity, false), (-.infinity, false), (.greatestFiniteMagnitude, true)])
    func finitenessIsSeen(_ value: Float, _ isFinite: Bool) {
        #expect(allFinite([0, -1, value, 2].span) == isFinite)
    }
}

/// Functions without calls against the C library's.
struct ElementaryFunctionTests {
    @Test(arguments: [-80, -30, -5.5, -1, -0.3, -1e-3, 0, 1e-3, 0.4, 1, 2.7, 9, 40, 80] as [Float])
    func sigmoidAndSoftplusMatchTheLibrary(_ x: Float) {
        let s = 1 / (1 + exp(-Double(x)))
        #expect(abs(Double(sigmoid(x)) - s) <= 2e-7 * s)
        #expect(abs(Double(softplus(x)) - log1p(exp(Double(x)))) <= 2e-7 * max(1, Double(abs(x))))
    }
}
