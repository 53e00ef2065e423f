import COneDNN

private let tileRows = 6
/// So many terms of every sum at a time, that a panel of 16 columns and a tile's rows fit the first cache; half as many
/// where the rows lie across, whose unused neighbours come along.
private let longestDepth = 256
/// Rows of a factor that lie across, at a time: packed, they fit the second cache.
private let packedHeight = 96

/// Products of small and middling matrices by tiles of 6 × 16 that stay in registers, with the blocking and packing of Goto
/// & van de Geijn 2008 ("Anatomy of high-performance matrix multiplication").
///
/// The sums are the same every time; those of the last rows, where m is no multiple of 6, in another order.
@unsafe
struct TiledProduct {
    /// Room for a panel of 16 columns, a tile, packed rows, and up to 16 rows or columns of a narrow factor or product.
    let scratch: UnsafeMutablePointer<Float>
    /// Whether the product is added to C, or overwrites it.
    let adding: Bool
    /// A row, n wide, that is added to each row of the product.
    var bias: UnsafePointer<Float>?

    private var panel: UnsafeMutablePointer<Float> { unsafe scratch }
    private var tile: UnsafeMutablePointer<Float> { unsafe scratch + 16 * longestDepth }
    private var packedRows: UnsafeMutablePointer<Float> { unsafe tile + 16 * tileRows }
    private var row: UnsafeMutablePointer<Float> { unsafe packedRows + (packedHeight + 2) * longestDepth }

    private typealias Lanes = SIMD8<Float>

    /// A factor in memory: element (i, l) at `values[i * row + l * step]`.
    @unsafe
    private struct Factor {
        let values: UnsafePointer<Float>
        let row: Int
        let step: Int
    }

    /// What a product is added to, if anything: its rows, or one row again and again.
    @unsafe
    private struct Base {
        let values: UnsafePointer<Float>?
        let row: Int

        func at(_ i: Int) -> UnsafePointer<Float>? { unsafe values.map { unsafe $0 + i &* row } }
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
        guard n < 16, m >= 16 else {
            return unsafe multiply(
                Factor(values: a, row: 1, step: m), by: b, transposed: false, into: c, m: m, n: n, k: k)
        }
        // Few columns fill no lanes: C's transpose, n × m, has many.
        if n == 1 {
            return unsafe multiply(
                Factor(values: b, row: 1, step: 1), by: a, transposed: false, into: c, m: 1, n: m, k: k)
        }
        unsafe TiledProduct(scratch: scratch, adding: false).multiply(
            Factor(values: b, row: 1, step: n), by: a, transposed: false, into: row, m: n, n: m, k: k)
        for i in 0..<m {
            for j in 0..<n { unsafe c[i * n + j] = adding ? c[i * n + j] + row[j * m + i] : row[j * m + i] }
        }
    }

    private func multiply(
        _ a: Factor, by b: UnsafePointer<Float>, transposed: Bool, into c: UnsafeMutablePointer<Float>, m: Int, n: Int,
        k: Int
    ) {
        let packsRows = unsafe a.step > 64
        let height = packsRows ? packedHeight : m
        let depth = unsafe a.step > 1 ? longestDepth / 2 : longestDepth
        for l in stride(from: 0, to: k, by: depth) {
            let depth = min(depth, k - l)
            for i in stride(from: 0, to: m, by: height) {
                let rows = min(height, m - i)
                var factor = unsafe Factor(values: a.values + i * a.row + l * a.step, row: a.row, step: a.step)
                if packsRows { unsafe pack(&factor, rows: rows, k: depth) }
                for j in stride(from: 0, to: n, by: 16) {
                    let width = min(16, n - j)
                    var (from, step) = unsafe (b + l * n + j, n)
                    if transposed {
                        unsafe packPanel(b + j * k + l, width: width, column: k, step: 1, k: depth)
                        unsafe (from, step) = (UnsafePointer(panel), 16)
                    } else if width < 16 || n > 64 {
                        unsafe packPanel(b + l * n + j, width: width, column: 1, step: n, k: depth)
                        unsafe (from, step) = (UnsafePointer(panel), 16)
                    }
                    let isFirst = unsafe l == 0 && !adding
                    let base = unsafe Base(
                        values: isFirst ? bias.map { unsafe $0 + j } : UnsafePointer(c + i * n + j),
                        row: isFirst ? 0 : n)
                    unsafe multiply(
                        factor, isPacked: packsRows, panel: from, step: step, width: width, into: c + i * n + j, row: n,
                        m: rows, k: depth, on: base)
                }
            }
        }
    }

    /// Overwrites the panel's room, its columns that B does not have with zeros.
    private func packPanel(_ b: UnsafePointer<Float>, width: Int, column: Int, step: Int, k: Int) {
        if width == 16, column == 1 {
            for l in 0..<k {
                let (from, to) = unsafe (b + l &* step, panel + 16 &* l)
                let (x, y) = unsafe (load(from), load(from + 8))
                unsafe store(x, y, to, on: nil)
            }
            return
        }
        if width == 16 {
            for l in 0..<k {
                let (from, to) = unsafe (b + l &* step, panel + 16 &* l)
                for j in 0..<16 { unsafe to[j] = from[j &* column] }
            }
            return
        }
        for l in 0..<k {
            let (from, to) = unsafe (b + l &* step, panel + 16 &* l)
            for j in 0..<width { unsafe to[j] = from[j &* column] }
            for j in width..<16 { unsafe to[j] = 0 }
        }
    }

    /// Puts the rows of a factor that is stored across side by side, a tile's after another's.
    private func pack(_ a: inout Factor, rows: Int, k: Int) {
        for i in stride(from: 0, to: rows, by: tileRows) {
            let to = unsafe packedRows + i * k
            let count = min(8, rows - i)
            for l in 0..<k {
                let from = unsafe a.values + i + l &* a.step
                // Eight at once, of which the next overwrite the last two.
                if count == 8 {
                    unsafe UnsafeMutableRawPointer(to + tileRows &* l).storeBytes(of: load(from), as: Lanes.self)
                } else {
                    for r in 0..<min(count, tileRows) { unsafe to[tileRows &* l &+ r] = from[r] }
                }
            }
        }
        unsafe a = Factor(values: UnsafePointer(packedRows), row: 1, step: tileRows)
    }

    /// The tiles of one panel.
    private func multiply(
        _ a: Factor, isPacked: Bool, panel: UnsafePointer<Float>, step: Int, width: Int,
        into c: UnsafeMutablePointer<Float>, row: Int, m: Int, k: Int, on base: Base
    ) {
        for i in stride(from: 0, to: m, by: tileRows) {
            let rows = min(tileRows, m - i)
            let factor = unsafe Factor(values: a.values + i * (isPacked ? k : a.row), row: a.row, step: a.step)
            if width == 16 {
                let base = unsafe Base(values: base.at(i), row: base.row)
                unsafe multiply(factor, panel, step, into: c + i * row, row, rows: rows, k, on: base)
            } else {
                unsafe multiply(factor, panel, step, into: tile, 16, rows: rows, k, on: Base(values: nil, row: 0))
                for r in 0..<rows {
                    let (from, to, under) = unsafe (tile + 16 * r, c + (i + r) * row, base.at(i + r))
                    for j in 0..<width { unsafe to[j] = from[j] + (under?[j] ?? 0) }
                }
            }
        }
    }

    @inline(__always)
    private func multiply(
        _ a: Factor, _ panel: UnsafePointer<Float>, _ step: Int, into c: UnsafeMutablePointer<Float>, _ row: Int,
        rows: Int, _ k: Int, on base: Base
    ) {
        if rows == tileRows {
            unsafe multiplySix(a, panel, step, into: c, row, k, on: base)
        } else {
            for r in 0..<rows { unsafe multiplyOne(a, r, panel, step, into: c + r * row, k, on: base.at(r)) }
        }
    }

    /// Six rows: twelve chains, more than the eight that two multiply-adds a cycle of four cycles each keep going, and few
    /// loads beside them.
    @inline(__always)
    private func multiplySix(
        _ a: Factor, _ panel: UnsafePointer<Float>, _ step: Int, into c: UnsafeMutablePointer<Float>, _ row: Int,
        _ k: Int, on base: Base
    ) {
        var (c00, c01, c10, c11) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (c20, c21, c30, c31) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (c40, c41, c50, c51) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (b, x) = unsafe (panel, a.values)
        var y = unsafe x + 3 &* a.row
        var l = 0
        while l < k {
            let (b0, b1) = unsafe (load(b), load(b + 8))
            let (x0, x1) = unsafe (Lanes(repeating: x[0]), Lanes(repeating: x[a.row]))
            let x2 = unsafe Lanes(repeating: x[2 &* a.row])
            c00.addProduct(x0, b0)
            c01.addProduct(x0, b1)
            c10.addProduct(x1, b0)
            c11.addProduct(x1, b1)
            c20.addProduct(x2, b0)
            c21.addProduct(x2, b1)
            let (x3, x4) = unsafe (Lanes(repeating: y[0]), Lanes(repeating: y[a.row]))
            let x5 = unsafe Lanes(repeating: y[2 &* a.row])
            c30.addProduct(x3, b0)
            c31.addProduct(x3, b1)
            c40.addProduct(x4, b0)
            c41.addProduct(x4, b1)
            c50.addProduct(x5, b0)
            c51.addProduct(x5, b1)
            unsafe b += step
            unsafe x += a.step
            unsafe y += a.step
            l &+= 1
        }
        unsafe store(c00, c01, c, on: base.at(0))
        unsafe store(c10, c11, c + row, on: base.at(1))
        unsafe store(c20, c21, c + 2 * row, on: base.at(2))
        unsafe store(c30, c31, c + 3 * row, on: base.at(3))
        unsafe store(c40, c41, c + 4 * row, on: base.at(4))
        unsafe store(c50, c51, c + 5 * row, on: base.at(5))
    }
    /// One row, its even and odd terms apart: a chain each would leave the processor waiting.
    @inline(__always)
    private func multiplyOne(
        _ a: Factor, _ r: Int, _ panel: UnsafePointer<Float>, _ step: Int, into c: UnsafeMutablePointer<Float>,
        _ k: Int, on base: UnsafePointer<Float>?
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
        unsafe store(c0 + d0, c1 + d1, c, on: base)
    }

    /// Up to 7 columns: each element is a dot product of two rows, 8 of its terms at once, for four rows at a time.
    private func multiplyNarrow(
        _ a: UnsafePointer<Float>, by b: UnsafePointer<Float>, _ transposed: Bool, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int
    ) {
        var columns = unsafe b
        if !transposed, n > 1 {
            for j in 0..<n {
                for l in 0..<k { unsafe row[j * k + l] = b[l * n + j] }
            }
            unsafe columns = UnsafePointer(row)
        }
        for j in 0..<n {
            let y = unsafe columns + j * k
            for i in stride(from: 0, to: m, by: 4) {
                // Of the last rows, the last again in the place of those that are not there.
                let (x0, x1) = unsafe (a + i * k, a + min(i + 1, m - 1) * k)
                let (x2, x3) = unsafe (a + min(i + 2, m - 1) * k, a + min(i + 3, m - 1) * k)
                var (s0, s1, s2, s3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
                var l = 0
                while l &+ 8 <= k {
                    let lanes = unsafe load(y + l)
                    unsafe s0.addProduct(load(x0 + l), lanes)
                    unsafe s1.addProduct(load(x1 + l), lanes)
                    unsafe s2.addProduct(load(x2 + l), lanes)
                    unsafe s3.addProduct(load(x3 + l), lanes)
                    l &+= 8
                }
                var sums = (s0.sum(), s1.sum(), s2.sum(), s3.sum())
                while l < k {
                    let factor = unsafe y[l]
                    unsafe sums.0.addProduct(x0[l], factor)
                    unsafe sums.1.addProduct(x1[l], factor)
                    unsafe sums.2.addProduct(x2[l], factor)
                    unsafe sums.3.addProduct(x3[l], factor)
                    l &+= 1
                }
                unsafe put(sums.0, at: i * n + j, of: c, j)
                if i + 1 < m { unsafe put(sums.1, at: (i + 1) * n + j, of: c, j) }
                if i + 2 < m { unsafe put(sums.2, at: (i + 2) * n + j, of: c, j) }
                if i + 3 < m { unsafe put(sums.3, at: (i + 3) * n + j, of: c, j) }
            }
        }
    }

    @inline(__always)
    private func put(_ sum: Float, at index: Int, of c: UnsafeMutablePointer<Float>, _ column: Int) {
        unsafe c[index] = sum + (adding ? c[index] : bias?[column] ?? 0)
    }

    @inline(__always)
    private func load(_ p: UnsafePointer<Float>) -> Lanes {
        unsafe UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private func store(_ x: Lanes, _ y: Lanes, _ c: UnsafeMutablePointer<Float>, on base: UnsafePointer<Float>?) {
        let c = UnsafeMutableRawPointer(c)
        var (x, y) = (x, y)
        if let base = unsafe base {
            unsafe x += load(base)
            unsafe y += load(base + 8)
        }
        unsafe c.storeBytes(of: x, as: Lanes.self)
        unsafe c.storeBytes(of: y, toByteOffset: 32, as: Lanes.self)
    }
}
