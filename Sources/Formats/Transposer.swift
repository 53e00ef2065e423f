/// Gathers rows of numbers into columns, by blocks that fit the cache.
struct Transposer {
    let width: Int
    /// Row after row: the next block is written here.
    var block: [Double]
    private(set) var columns: [[Double]]
    private(set) var rowCount = 0

    init(width: Int, rowCapacity: Int = 0) {
        self.width = width
        block = Array(repeating: 0, count: max(1, 32_768 / width) * width)
        columns = Array(repeating: [], count: width)
        for column in columns.indices { columns[column].reserveCapacity(rowCapacity) }
    }

    var blockRows: Int { block.count / width }

    /// Moves the first `count` rows of the block to the ends of the columns.
    mutating func flush(rows count: Int) {
        precondition(count <= blockRows)
        let block = block
        for column in 0..<width {
            Self.append(block.span, from: column, stride: width, count: count, to: &columns[column])
        }
        rowCount += count
    }

    private static func append(
        _ block: Span<Double>, from start: Int, stride: Int, count: Int, to column: inout [Double]
    ) {
        column.append(addingCapacity: count) { output in
            for row in 0..<count { output.append(block[start + row * stride]) }
        }
    }
}
