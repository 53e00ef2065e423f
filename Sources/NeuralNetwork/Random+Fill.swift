// Many random numbers at once: the same as one by one, in loops that vectorise.
import CKernels

extension Random {
    /// Overwrites rows of `width` values, from the stream's row `row` on, with numbers in [0, 1).
    package func fillUniform(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        fill(&values, row: row, width: width, GAND_UNIFORM)
    }

    /// Overwrites rows of `width` values, from the stream's row `row` on, with draws from N(0, 1): Box and Muller's
    /// transform, one block for four draws.
    package func fillNormal(_ values: inout MutableSpan<Float>, row: Int, width: Int) {
        fill(&values, row: row, width: width, GAND_NORMAL)
    }

    /// The four draws from N(0, 1) of a row's block, as `fillNormal` draws them.
    package func normals(row: Int, block: Int) -> SIMD4<Float> {
        let normals = Blocks(self, row: row, block: block, blocksPerRow: block + 1, count: 1, GAND_NORMAL)
        return SIMD4(normals.values[0], normals.values[1], normals.values[2], normals.values[3])
    }

    /// Calls `body` with each row and its `index(row:below:)`.
    package func forEachIndex(of rows: Range<Int>, below bound: Int, _ body: (_ row: Int, _ index: Int) -> Void) {
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Blocks.capacity) {
            let count = min(Blocks.capacity, rows.upperBound - start)
            let words = Blocks(self, row: start, block: 0, blocksPerRow: 1, count: count, GAND_WORDS)
            let values = words.values.span
            for item in 0..<count { body(start + item, Self.index(values[4 * item].bitPattern, below: bound)) }
        }
    }

    private func fill(
        _ values: inout MutableSpan<Float>, row: Int, width: Int, _ distribution: gand_distribution
    ) {
        guard width > 0 else { return }
        let blocksPerRow = (width + 3) / 4
        let total = values.count / width * blocksPerRow
        if width.isMultiple(of: 4) {
            precondition(4 * total <= values.count)
            unsafe values.withUnsafeMutableBufferPointer {
                guard let first = $0.baseAddress else { return }
                unsafe gand_fill_random(distribution, numbers, row, 0, blocksPerRow, total, first)
            }
            return
        }
        for start in stride(from: 0, to: total, by: Blocks.capacity) {
            let count = min(Blocks.capacity, total - start)
            let blocks = Blocks(
                self, row: row + start / blocksPerRow, block: start % blocksPerRow, blocksPerRow: blocksPerRow,
                count: count, distribution)
            let drawn = blocks.values.span
            for item in 0..<count {
                let (row, block) = (start + item).quotientAndRemainder(dividingBy: blocksPerRow)
                for lane in 0..<min(4, width - 4 * block) {
                    values[row * width + 4 * block + lane] = drawn[4 * item + lane]
                }
            }
        }
    }

    fileprivate var numbers: gand_random { gand_random(seed: seed, stream: stream.number) }
}

/// A few blocks of four values.
private struct Blocks {
    static let capacity = 32

    private(set) var values = InlineArray<128, Float>(repeating: 0)

    /// `count` blocks from `block` of `row` on, continued in the next rows, with `blocksPerRow` blocks in each.
    init(
        _ random: Random, row: Int, block: Int, blocksPerRow: Int, count: Int, _ distribution: gand_distribution
    ) {
        precondition(count <= Self.capacity)
        var span = values.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer {
            guard let first = $0.baseAddress else { return }
            unsafe gand_fill_random(distribution, random.numbers, row, block, blocksPerRow, count, first)
        }
    }
}
