// The only file that calls oneDNN.
import CKernels
import COneDNN

/// BLAS's letters for a factor as stored and for a transposed factor.
private let (N, T) = (CChar(0x4E), CChar(0x54))

/// Layers with up to this many weights use our own tiles: oneDNN's packing and locks cost more there than the
/// arithmetic. Measured with batches of 192 and 250 rows: equal at 512 × 256 with AVX2, ahead at 256 × 256 with
/// AVX-512. The number of rows decides nothing, so a row does not depend on it.
private let tiledWeights = 1 << 18

/// Whether products with a layer of these inputs and outputs use tiles; then a row of the product is the same to the
/// last bit, whatever the other rows are.
func isTiled(_ inputs: Int, _ outputs: Int) -> Bool {
    inputs * outputs <= tiledWeights && max(inputs, outputs) <= Int(GAND_PANEL_LENGTH)
}

/// C = A·B, or C += A·B with `adding`, for row-major A (m × k), B (k × n) and C (m × n) after transposition; with a
/// `bias` (n values) C = A·B and the bias in every row.
///
/// With a `negativeSlope` the product is φ(A·B + bias) for the leaky ReLU φ of that slope, or with `slopesAt`
/// φ'(x)·(A·B), where `slopesAt` (m × n) is x or φ(x).
///
/// One thread, and the same sums in the same order every time: oneDNN starts no threads of its own, because their
/// barriers spin as soon as another process wants a core.
package func multiply(
    _ a: Span<Float>, aTransposed: Bool = false, by b: Span<Float>, bTransposed: Bool = false,
    into c: inout MutableSpan<Float>, m: Int, n: Int, k: Int, adding: Bool = false, bias: Span<Float>? = nil,
    negativeSlope: Float? = nil, slopesAt x: Span<Float>? = nil
) {
    guard m > 0, n > 0 else { return }
    precondition(a.count >= m * k && b.count >= k * n && c.count >= m * n, "a matrix is smaller than its shape")
    precondition(bias?.count ?? n == n && (!aTransposed || (bias == nil && negativeSlope == nil)), "another width")
    precondition((0...1).contains(negativeSlope ?? 0), "not the slope of a leaky ReLU")
    precondition(x?.count ?? m * n == m * n, "slopes of another shape")
    unsafe withPointers(to: bias, x) { bias, x in
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe c.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    let rectifier = unsafe negativeSlope.map { unsafe gand_rectifier(slope: $0, at: x) }
                    if isTiled(aTransposed ? m : k, n), !(aTransposed && bTransposed) {
                        let tiles = unsafe TiledProduct(
                            scratch: gand_scratch(), adding: adding, bias: bias, rectifier: rectifier)
                        if aTransposed {
                            unsafe tiles.multiplyTransposed(a, by: b, into: c, m: m, n: n, k: k)
                        } else {
                            unsafe tiles.multiply(a, by: b, transposed: bTransposed, into: c, m: m, n: n, k: k)
                        }
                        return
                    }
                    if let bias = unsafe bias {
                        for i in 0..<m {
                            for j in 0..<n { unsafe c[i * n + j] = bias[j] }
                        }
                    }
                    omp_set_num_threads(1)
                    let status = unsafe dnnl_sgemm(
                        aTransposed ? T : N, bTransposed ? T : N, dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), 1, a,
                        dnnl_dim_t(aTransposed ? m : k), b, dnnl_dim_t(bTransposed ? k : n),
                        adding || bias != nil ? 1 : 0, c, dnnl_dim_t(n))
                    precondition(status == dnnl_success, "oneDNN refused a matrix product")
                    guard let rectifier = unsafe rectifier else { return }
                    for i in 0..<m * n where unsafe !((rectifier.at ?? UnsafePointer(c))[i] > 0) {
                        unsafe c[i] *= rectifier.slope
                    }
                }
            }
        }
    }
}

private func withPointers(
    to first: Span<Float>?, _ second: Span<Float>?, _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?) -> Void
) {
    unsafe withPointer(to: first) { first in unsafe withPointer(to: second) { unsafe body(first, $0) } }
}

func withPointer(to values: Span<Float>?, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let values else { return body(nil) }
    unsafe values.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
