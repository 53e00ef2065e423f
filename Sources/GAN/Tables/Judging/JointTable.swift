/// How often the codes of two columns stand together. Of columns of many texts nearly all cells are empty, and not kept.
struct JointTable {
    /// Those that are not empty, in their order, and how many rows each has.
    private let cells: [(index: Int, count: Double)]
    private let (height, width): (Int, Int)
    private let rowCount: Int

    private static let fewCells = 1 << 18

    /// - Parameter height, width: how many codes there are of the first and of the second column.
    init(_ first: [Int], _ second: [Int], height: Int, width: Int) {
        (self.height, self.width, rowCount) = (height, width, first.count)
        var cells: [(index: Int, count: Double)] = []
        if height * width <= Self.fewCells {
            var counts = [Double](repeating: 0, count: height * width)
            for (x, y) in zip(first, second) { counts[x * width + y] += 1 }
            for (index, count) in counts.enumerated() where count > 0 { cells.append((index, count)) }
        } else {
            for index in zip(first, second).map({ $0 * width + $1 }).sorted() {
                if cells.last?.index == index {
                    cells[cells.count - 1].count += 1
                } else {
                    cells.append((index, 1))
                }
            }
        }
        self.cells = cells
    }

    /// Cramér's V without correction, of the rows and columns that have anything; NaN where there are fewer than two.
    var cramersV: Double {
        var rows = [Double](repeating: 0, count: height)
        var columns = [Double](repeating: 0, count: width)
        for (index, count) in cells {
            rows[index / width] += count
            columns[index % width] += count
        }
        // χ² / n = Σ count² / (row · column) − 1, to which empty cells add nothing.
        var sum = -1.0
        for (index, count) in cells { sum += count / rows[index / width] * (count / columns[index % width]) }
        let degrees = min(rows.count { $0 > 0 }, columns.count { $0 > 0 }) - 1
        return degrees > 0 ? (max(0, sum) / Double(degrees)).squareRoot() : .nan
    }

    /// The sum over all cells of the differences of their shares.
    func difference(_ other: JointTable) -> Double {
        let (n, m) = (Double(rowCount), Double(other.rowCount))
        var (sum, i, j) = (0.0, 0, 0)
        while i < cells.count || j < other.cells.count {
            let (a, b) = (i < cells.count ? cells[i].index : .max, j < other.cells.count ? other.cells[j].index : .max)
            sum += abs((a <= b ? cells[i].count / n : 0) - (b <= a ? other.cells[j].count / m : 0))
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        return sum
    }
}
