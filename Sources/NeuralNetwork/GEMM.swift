// The only file that calls oneDNN.
import COneDNN

/// BLAS's words for a factor that is read as it is stored and for a transposed one.
private let (N, T) = (CChar(0x4E), CChar(0x54))

/// C = A·B, or C += A·B with `adding`, for row-major A (m × k), B (k × n) and C (m × n) after transposition.
///
/// One thread, and the same sums in the same order every time: oneDNN is kept from starting threads of its own, whose
/// barriers spin as soon as another process wants a core.
package func multiply(
    _ a: Span<Float>, aTransposed: Bool = false, by b: Span<Float>, bTransposed: Bool = false,
    into c: inout MutableSpan<Float>, m: Int, n: Int, k: Int, adding: Bool = false
) {
    guard m > 0, n > 0 else { return }
    precondition(a.count >= m * k && b.count >= k * n && c.count >= m * n, "a matrix is smaller than its shape")
    unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
            unsafe c.withUnsafeMutableBufferPointer { c in
                omp_set_num_threads(1)
                let status = unsafe dnnl_sgemm(
                    aTransposed ? T : N, bTransposed ? T : N, dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), 1,
                    a.baseAddress, dnnl_dim_t(aTransposed ? m : k), b.baseAddress, dnnl_dim_t(bTransposed ? k : n),
                    adding ? 1 : 0, c.baseAddress, dnnl_dim_t(n))
                precondition(status == dnnl_success, "oneDNN refused a matrix product")
            }
        }
    }
}
