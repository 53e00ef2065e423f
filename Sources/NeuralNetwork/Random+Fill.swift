// Many random numbers at once: the same as one by one, but by loops that vectorise.
extension Random {
    /// Overwrites rows `width` wide, the first of them row `row`, with numbers in [0, 1).
    package func fillUniform(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        fill(&values, row: row, width: width) { $0.makeUniform() }
    }

    /// Overwrites rows `width` wide, the first of them row `row`, with draws from N(0, 1): Box and Muller's transform of
    /// one block for every four.
    package func fillNormal(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        fill(&values, row: row, width: width) { $0.makeNormal() }
    }

    /// Calls `body` with each of the rows and `index(row:below:)` of it.
    package func forEachIndex(of rows: Range<Int>, below bound: Int, _ body: (_ row: Int, _ index: Int) -> Void) {
        var blocks = Blocks()
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Blocks.count) {
            blocks.draw(self, row: start, block: 0, blocksPerRow: 1)
            for item in 0..<min(Blocks.count, rows.upperBound - start) {
                body(start + item, Self.index(blocks.a[item], below: bound))
            }
        }
    }

    private func fill(
        _ values: inout MutableSpan<Float>, row: Int, width: Int, _ transform: (inout Blocks) -> Void
    ) {
        guard width > 0 else { return }
        let blocksPerRow = (width + 3) / 4
        let total = values.count / width * blocksPerRow
        var blocks = Blocks()
        for start in stride(from: 0, to: total, by: Blocks.count) {
            blocks.draw(self, row: row + start / blocksPerRow, block: start % blocksPerRow, blocksPerRow: blocksPerRow)
            transform(&blocks)
            let count = min(Blocks.count, total - start)
            if width.isMultiple(of: 4), count == Blocks.count {
                var part = values._mutatingExtracting(4 * start..<4 * (start + Blocks.count))
                blocks.store(in: &part)
                continue
            }
            for item in 0..<count {
                let (row, block) = (start + item).quotientAndRemainder(dividingBy: blocksPerRow)
                let numbers = SIMD4(blocks.a[item], blocks.b[item], blocks.c[item], blocks.d[item])
                for lane in 0..<min(4, width - 4 * block) {
                    values[row * width + 4 * block + lane] = Float(bitPattern: numbers[lane])
                }
            }
        }
    }
}

/// Blocks of four random words, side by side, that become floats in place.
private struct Blocks {
    static let count = 32

    var a = InlineArray<32, UInt32>(repeating: 0)
    var b = InlineArray<32, UInt32>(repeating: 0)
    var c = InlineArray<32, UInt32>(repeating: 0)
    var d = InlineArray<32, UInt32>(repeating: 0)

    /// Draws the words of a row's block and of those behind it, rows having so many blocks.
    mutating func draw(_ random: Random, row: Int, block: Int, blocksPerRow: Int) {
        var (row, block) = (row, block)
        for item in 0..<Self.count {
            let bits = UInt64(bitPattern: Int64(row))
            a[item] = UInt32(truncatingIfNeeded: bits)
            b[item] = UInt32(truncatingIfNeeded: bits &>> 32)
            c[item] = UInt32(truncatingIfNeeded: block)
            block &+= 1
            if block == blocksPerRow { (row, block) = (row &+ 1, 0) }
        }
        let key = SIMD2(UInt32(truncatingIfNeeded: random.seed), UInt32(truncatingIfNeeded: random.seed &>> 32))
        let stream = UInt64(random.stream.rawValue)
        for item in 0..<Self.count {
            var (c0, c1, c2, c3) = (UInt64(a[item]), UInt64(b[item]), UInt64(c[item]), stream)
            Random.philox(&c0, &c1, &c2, &c3, key: key)
            a[item] = UInt32(truncatingIfNeeded: c0)
            b[item] = UInt32(truncatingIfNeeded: c1)
            c[item] = UInt32(truncatingIfNeeded: c2)
            d[item] = UInt32(truncatingIfNeeded: c3)
        }
    }

    mutating func makeNormal() {
        for item in 0..<Self.count {
            let (n0, n1) = Random.normals(a[item], b[item])
            (a[item], b[item]) = (n0.bitPattern, n1.bitPattern)
        }
        for item in 0..<Self.count {
            let (n2, n3) = Random.normals(c[item], d[item])
            (c[item], d[item]) = (n2.bitPattern, n3.bitPattern)
        }
    }

    mutating func makeUniform() {
        for item in 0..<Self.count {
            a[item] = Random.uniform(a[item]).bitPattern
            b[item] = Random.uniform(b[item]).bitPattern
            c[item] = Random.uniform(c[item]).bitPattern
            d[item] = Random.uniform(d[item]).bitPattern
        }
    }

    /// Overwrites the span, which has room for all blocks, one after another.
    func store(in values: inout MutableSpan<Float>) {
        precondition(values.count == 4 * Self.count)
        // Spans, because reading an element of the arrays themselves copies all of them.
        let (a, b, c, d) = (a.span, b.span, c.span, d.span)
        for item in 0..<Self.count {
            values[4 &* item] = Float(bitPattern: a[item])
            values[4 &* item &+ 1] = Float(bitPattern: b[item])
            values[4 &* item &+ 2] = Float(bitPattern: c[item])
            values[4 &* item &+ 3] = Float(bitPattern: d[item])
        }
    }
}
