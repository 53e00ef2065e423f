import COneDNN

/// Products of small matrices by tiles of 4 × 16 that stay in registers, as in Goto & van de Geijn 2008 ("Anatomy of
/// high-performance matrix multiplication") without the blocking for caches, which small matrices do not need.
///
/// The sums are the same every time; those of the last rows, where m is no multiple of 4, in another order.
@unsafe
struct TiledProduct {
    /// The longest row or column that the scratch has room for.
    static let longest = Int(GAND_PANEL_LENGTH)

    /// Room for a panel of 16 columns, then for a tile, then for a row.
    let scratch: UnsafeMutablePointer<Float>
    /// Whether the product is added to C, or overwrites it.
    let adding: Bool

    private typealias Lanes = SIMD8<Float>

    /// A factor in memory: element (i, l) at `values[i * row + l * step]`.
    @unsafe
    private struct Factor {
        let values: UnsafePointer<Float>
        let row: Int
        let step: Int
    }

    /// C (m × n) from A (m × k) and B, which is k × n or, transposed, n × k.
    func multiply(
        _ a: UnsafePointer<Float>, by b: UnsafePointer<Float>, transposed: Bool, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int
    ) {
        guard n >= 8 || k < 8 else { return unsafe multiplyNarrow(a, by: b, transposed, into: c, m: m, n: n, k: k) }
        unsafe multiply(
            Factor(values: a, row: k, step: 1), by: b, transposed: transposed, into: c, m: m, n: n, k: k)
    }

    /// C (m × n) from A, which is stored k × m, and B (k × n).
    func multiplyTransposed(
        _ a: UnsafePointer<Float>, by b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>, m: Int, n: Int,
        k: Int
    ) {
        guard n < 8, m >= 8 else {
            return unsafe multiply(
                Factor(values: a, row: 1, step: m), by: b, transposed: false, into: c, m: m, n: n, k: k)
        }
        // Few columns fill no lanes: C's transpose, a row of it at a time, has many.
        let row = unsafe scratch + 16 * Self.longest + 64
        for j in 0..<n {
            let factor = unsafe Factor(values: b + j, row: 1, step: n)
            if n == 1 {
                unsafe multiply(factor, by: a, transposed: false, into: c, m: 1, n: m, k: k)
            } else {
                unsafe TiledProduct(scratch: scratch, adding: false).multiply(
                    factor, by: a, transposed: false, into: row, m: 1, n: m, k: k)
                for i in 0..<m { unsafe c[i * n + j] = adding ? c[i * n + j] + row[i] : row[i] }
            }
        }
    }

    /// Panel by panel of 16 columns; those that are not stored as such are packed first.
    private func multiply(
        _ a: Factor, by b: UnsafePointer<Float>, transposed: Bool, into c: UnsafeMutablePointer<Float>, m: Int, n: Int,
        k: Int
    ) {
        for j in stride(from: 0, to: n, by: 16) {
            let width = min(16, n - j)
            if transposed {
                unsafe pack(b + j * k, width: width, column: k, step: 1, k: k)
                unsafe multiply(a, panel: scratch, step: 16, width: width, into: c + j, row: n, m: m, k: k)
            } else if width < 16 {
                unsafe pack(b + j, width: width, column: 1, step: n, k: k)
                unsafe multiply(a, panel: scratch, step: 16, width: width, into: c + j, row: n, m: m, k: k)
            } else {
                unsafe multiply(a, panel: b + j, step: n, width: width, into: c + j, row: n, m: m, k: k)
            }
        }
    }

    /// Overwrites the scratch with a panel, its columns that B does not have with zeros.
    private func pack(_ b: UnsafePointer<Float>, width: Int, column: Int, step: Int, k: Int) {
        if width == 16 {
            for l in 0..<k {
                let (from, to) = unsafe (b + l &* step, scratch + 16 &* l)
                for j in 0..<16 { unsafe to[j] = from[j &* column] }
            }
            return
        }
        for l in 0..<k {
            let (from, to) = unsafe (b + l &* step, scratch + 16 &* l)
            for j in 0..<width { unsafe to[j] = from[j &* column] }
            for j in width..<16 { unsafe to[j] = 0 }
        }
    }

    /// The tiles of one panel.
    private func multiply(
        _ a: Factor, panel: UnsafePointer<Float>, step: Int, width: Int, into c: UnsafeMutablePointer<Float>,
        row: Int, m: Int, k: Int
    ) {
        for i in stride(from: 0, to: m, by: 4) {
            let rows = min(4, m - i)
            let factor = unsafe Factor(values: a.values + i * a.row, row: a.row, step: a.step)
            if width == 16, rows == 4 {
                unsafe multiplyFour(factor, panel, step, c + i * row, row, k, adding: adding)
            } else if width == 16 {
                for r in 0..<rows {
                    unsafe multiplyOne(factor, r, panel, step, c + (i + r) * row, k, adding: adding)
                }
            } else {
                let tile = unsafe scratch + 16 * Self.longest
                if rows == 4 {
                    unsafe multiplyFour(factor, panel, step, tile, 16, k, adding: false)
                } else {
                    for r in 0..<rows { unsafe multiplyOne(factor, r, panel, step, tile + 16 * r, k, adding: false) }
                }
                for r in 0..<rows {
                    for j in 0..<width {
                        let at = (i + r) * row + j
                        unsafe c[at] = adding ? c[at] + tile[16 * r + j] : tile[16 * r + j]
                    }
                }
            }
        }
    }

    /// Four rows: eight chains, which is what two multiply-adds a cycle of four cycles each can keep going.
    @inline(__always)
    private func multiplyFour(
        _ a: Factor, _ panel: UnsafePointer<Float>, _ step: Int, _ c: UnsafeMutablePointer<Float>, _ row: Int, _ k: Int,
        adding: Bool
    ) {
        var (c00, c01, c10, c11) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (c20, c21, c30, c31) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (b, x) = unsafe (panel, a.values)
        var l = 0
        while l < k {
            let (b0, b1) = unsafe (load(b), load(b + 8))
            let (x0, x1) = unsafe (Lanes(repeating: x[0]), Lanes(repeating: x[a.row]))
            c00.addProduct(x0, b0)
            c01.addProduct(x0, b1)
            c10.addProduct(x1, b0)
            c11.addProduct(x1, b1)
            let (x2, x3) = unsafe (Lanes(repeating: x[2 * a.row]), Lanes(repeating: x[3 * a.row]))
            c20.addProduct(x2, b0)
            c21.addProduct(x2, b1)
            c30.addProduct(x3, b0)
            c31.addProduct(x3, b1)
            unsafe b += step
            unsafe x += a.step
            l &+= 1
        }
        unsafe store(c00, c01, c, adding)
        unsafe store(c10, c11, c + row, adding)
        unsafe store(c20, c21, c + 2 * row, adding)
        unsafe store(c30, c31, c + 3 * row, adding)
    }

    /// One row, its even and odd terms apart: a chain each would leave the processor waiting.
    @inline(__always)
    private func multiplyOne(
        _ a: Factor, _ r: Int, _ panel: UnsafePointer<Float>, _ step: Int, _ c: UnsafeMutablePointer<Float>, _ k: Int,
        adding: Bool
    ) {
        var (c0, c1, d0, d1) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (b, x) = unsafe (panel, a.values + r &* a.row)
        var l = 0
        while l &+ 2 <= k {
            let (x0, x1) = unsafe (Lanes(repeating: x[0]), Lanes(repeating: x[a.step]))
            c0 = unsafe c0.addingProduct(x0, load(b))
            c1 = unsafe c1.addingProduct(x0, load(b + 8))
            d0 = unsafe d0.addingProduct(x1, load(b + step))
            d1 = unsafe d1.addingProduct(x1, load(b + step + 8))
            unsafe b += 2 &* step
            unsafe x += 2 &* a.step
            l &+= 2
        }
        if l < k {
            let x0 = unsafe Lanes(repeating: x[0])
            c0 = unsafe c0.addingProduct(x0, load(b))
            c1 = unsafe c1.addingProduct(x0, load(b + 8))
        }
        unsafe store(c0 + d0, c1 + d1, c, adding)
    }

    /// Up to 7 columns: each element is a dot product of two rows, 8 of its terms at once.
    private func multiplyNarrow(
        _ a: UnsafePointer<Float>, by b: UnsafePointer<Float>, _ transposed: Bool, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int
    ) {
        var columns = unsafe b
        if !transposed, n > 1 {
            for j in 0..<n {
                for l in 0..<k { unsafe scratch[j * k + l] = b[l * n + j] }
            }
            unsafe columns = UnsafePointer(scratch)
        }
        for i in 0..<m {
            for j in 0..<n {
                let (x, y) = unsafe (a + i * k, columns + j * k)
                var sums = Lanes.zero
                var l = 0
                while l + 8 <= k {
                    sums = unsafe sums.addingProduct(load(x + l), load(y + l))
                    l += 8
                }
                var sum = sums.sum()
                while l < k {
                    sum = unsafe sum.addingProduct(x[l], y[l])
                    l += 1
                }
                unsafe c[i * n + j] = adding ? c[i * n + j] + sum : sum
            }
        }
    }

    @inline(__always)
    private func load(_ p: UnsafePointer<Float>) -> Lanes {
        unsafe UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private func store(_ x: Lanes, _ y: Lanes, _ c: UnsafeMutablePointer<Float>, _ adding: Bool) {
        let c = UnsafeMutableRawPointer(c)
        var (x, y) = (x, y)
        if adding {
            unsafe x += c.loadUnaligned(as: Lanes.self)
            unsafe y += c.loadUnaligned(fromByteOffset: 32, as: Lanes.self)
        }
        unsafe c.storeBytes(of: x, as: Lanes.self)
        unsafe c.storeBytes(of: y, toByteOffset: 32, as: Lanes.self)
    }
}
