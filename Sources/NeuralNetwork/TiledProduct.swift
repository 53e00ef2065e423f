import CKernels

private let (depth, packedHeight) = (Int(GAND_DEPTH), Int(GAND_PACKED_ROWS))

/// Products of small and medium matrices in tiles that stay in registers, with the blocking and packing of Goto & van
/// de Geijn 2008 ("Anatomy of high-performance matrix multiplication").
///
/// The sums are the same every time and on every processor, whatever the shape of its tiles.
@unsafe
struct TiledProduct {
    /// Memory for a panel of columns, packed rows, and up to 16 rows or columns of a narrow factor or product.
    let scratch: UnsafeMutablePointer<Float>
    /// Whether the product is added to C, or overwrites it.
    let adding: Bool
    /// n values added to each row of the product.
    var bias: UnsafePointer<Float>?
    /// Applied to the product, if given.
    var rectifier: gand_rectifier?

    /// The shape of a tile.
    private let shape = gand_tile()
    private var panel: UnsafeMutablePointer<Float> { unsafe scratch }
    private var packedRows: UnsafeMutablePointer<Float> { unsafe panel + Int(GAND_PANEL_COUNT) }
    private var row: UnsafeMutablePointer<Float> { unsafe packedRows + Int(GAND_PACKED_COUNT) }

    /// C (m × n) from A (m × k) and B, which is k × n or, transposed, n × k.
    func multiply(
        _ a: UnsafePointer<Float>, by b: UnsafePointer<Float>, transposed: Bool, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int
    ) {
        guard n >= 8 || k < 8 else { return unsafe multiplyNarrow(a, by: b, transposed, into: c, m: m, n: n, k: k) }
        unsafe multiply(
            gand_rows(values: a, start: k, row: k, step: 1), by: b, transposed: transposed, into: c, m: m, n: n, k: k)
    }

    /// C (m × n) from A, which is stored k × m, and B (k × n).
    func multiplyTransposed(
        _ a: UnsafePointer<Float>, by b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>, m: Int, n: Int,
        k: Int
    ) {
        // One row or column is a sum of the other factor's rows.
        if min(m, n) == 1 {
            if unsafe !adding { unsafe c.update(repeating: 0, count: max(m, n)) }
            return if n == 1 { unsafe gand_sum_rows(a, k, m, b, c) } else { unsafe gand_sum_rows(b, k, n, a, c) }
        }
        guard n < 16, m >= 16 else {
            return unsafe multiply(
                gand_rows(values: a, start: 1, row: 1, step: m), by: b, transposed: false, into: c, m: m, n: n, k: k)
        }
        // A few columns do not fill a register: C's transpose, n × m, has many.
        unsafe TiledProduct(scratch: scratch, adding: false).multiply(
            gand_rows(values: b, start: 1, row: 1, step: n), by: a, transposed: false, into: row, m: n, n: m, k: k)
        for i in 0..<m {
            for j in 0..<n { unsafe c[i * n + j] = adding ? c[i * n + j] + row[j * m + i] : row[j * m + i] }
        }
    }

    private func multiply(
        _ a: gand_rows, by b: UnsafePointer<Float>, transposed: Bool, into c: UnsafeMutablePointer<Float>, m: Int,
        n: Int, k: Int
    ) {
        let columns = unsafe shape.columns
        let packsRows = unsafe a.step > 64
        let height = packsRows ? packedHeight : m
        // Rows that are stored across bring their unused neighbours into the cache.
        let longest = unsafe a.step > 1 && !packsRows ? depth / 2 : depth
        for l in stride(from: 0, to: k, by: longest) {
            let depth = min(longest, k - l)
            for i in stride(from: 0, to: m, by: height) {
                let rows = min(height, m - i)
                var factor = unsafe a
                unsafe factor.values += i * a.row + l * a.step
                if packsRows { unsafe pack(&factor, rows: rows, k: depth) }
                for j in stride(from: 0, to: n, by: columns) {
                    let width = min(columns, n - j)
                    var (from, step) = unsafe (b + l * n + j, n)
                    if transposed {
                        unsafe gand_pack_columns(b + j * k + l, k, width, depth, panel)
                        unsafe (from, step) = (UnsafePointer(panel), columns)
                    } else if width < columns || n > 64 {
                        unsafe packPanel(b + l * n + j, width: width, step: n, k: depth)
                        unsafe (from, step) = (UnsafePointer(panel), columns)
                    }
                    let to = unsafe c + i * n + j
                    let isFirst = unsafe l == 0 && !adding
                    let base = unsafe isFirst ? bias.map { unsafe $0 + j } : UnsafePointer(to)
                    unsafe withRectifier(of: i * n + j, isLast: l + depth == k) {
                        unsafe gand_multiply_panel(
                            factor, from, step, to, n, base, isFirst ? 0 : n, $0, rows, width, depth)
                    }
                }
            }
        }
    }

    /// Fills the panel with columns of B, and with zeros beyond them.
    private func packPanel(_ b: UnsafePointer<Float>, width: Int, step: Int, k: Int) {
        let columns = unsafe shape.columns
        if width == columns {
            for l in 0..<k {
                let (from, to) = unsafe (b + l &* step, panel + columns &* l)
                for j in stride(from: 0, to: width, by: 8) { unsafe store(load(from + j), to + j) }
            }
            return
        }
        for l in 0..<k {
            let (from, to) = unsafe (b + l &* step, panel + columns &* l)
            for j in 0..<width { unsafe to[j] = from[j] }
            for j in width..<columns { unsafe to[j] = 0 }
        }
    }

    /// Packs the rows of a factor that is stored across, tile by tile.
    private func pack(_ a: inout gand_rows, rows: Int, k: Int) {
        let tile = unsafe shape.rows
        for i in stride(from: 0, to: rows, by: tile) {
            let to = unsafe packedRows + i * k
            for l in 0..<k {
                let (from, to) = unsafe (a.values + i + l &* a.step, to + tile &* l)
                // Eight at once; the next store overwrites those beyond the tile.
                if rows - i >= max(8, tile) {
                    unsafe store(load(from), to)
                    if tile > 8 { unsafe store(load(from + tile - 8), to + tile - 8) }
                } else {
                    for r in 0..<min(rows - i, tile) { unsafe to[r] = from[r] }
                }
            }
        }
        unsafe a = gand_rows(values: packedRows, start: k, row: 1, step: tile)
    }

    /// A product of up to 7 columns, one by one.
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
            let base = unsafe adding ? UnsafePointer(c + j) : bias.map { unsafe $0 + j }
            unsafe withRectifier(of: j) {
                unsafe gand_multiply_narrow(a, columns + j * k, c + j, n, base, adding ? n : 0, $0, m, k)
            }
        }
    }

    /// Calls `body` with the rectifier for the part of C that begins at `place`, once the sums are complete.
    private func withRectifier(of place: Int, isLast: Bool = true, _ body: (UnsafePointer<gand_rectifier>?) -> Void) {
        guard isLast, var part = unsafe rectifier else { return body(nil) }
        if let at = unsafe part.at { unsafe part.at = at + place }
        unsafe withUnsafePointer(to: part) { unsafe body($0) }
    }

    @inline(__always)
    private func load(_ p: UnsafePointer<Float>) -> SIMD8<Float> {
        unsafe UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private func store(_ x: SIMD8<Float>, _ p: UnsafeMutablePointer<Float>) {
        unsafe UnsafeMutableRawPointer(p).storeBytes(of: x, as: SIMD8<Float>.self)
    }
}
