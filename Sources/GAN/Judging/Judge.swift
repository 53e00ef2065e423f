import NeuralNetwork

/// Compares generated rows with rows that the training has not seen.
struct Judge: Sendable {
    /// The rows that every judgement takes.
    let count: Int
    private let width: Int
    private let seed: UInt64
    private let heldOut: [Float]
    /// As many rows that were learned from.
    private let training: [Float]
    /// The square of each held-out row's distance to its fifth neighbour.
    private let radii: [Float]
    /// Unit vectors, one after the other; none where there is one column.
    private let directions: [Float]

    private static let neighbours = 5
    private static let directionCount = 16
    /// Beyond that many differences of floats, fewer rows are taken.
    private static let maximumWork = 64_000_000

    /// How many rows of either kind to compare, of so many; `nil` where there are too few to tell anything.
    static func rowCount(training: Int, heldOut: Int, width: Int) -> Int? {
        var count = min(1_000, heldOut, training)
        while count > 200, count * count * width > maximumWork { count /= 2 }
        return count >= 20 && width > 0 ? count : nil
    }

    /// - Parameters:
    ///   - training, heldOut: as many encoded rows of either, row-major.
    /// - Returns: `nil` where all rows are the same.
    init?(training: [Float], heldOut: [Float], width: Int, seed: UInt64) {
        count = heldOut.count / width
        self.width = width
        self.seed = seed
        self.heldOut = heldOut
        self.training = training
        let radii = (0..<count).map { _ in Nearest(Self.neighbours) }
        self.radii = Self.visit(self.heldOut, self.heldOut, width: width, into: radii) { nearest, row, other, square in
            if row != other { nearest[row].insert(square) }
        }.map(\.worst)
        // Of rows that are all the same there is nothing to tell.
        guard self.radii.contains(where: { $0 > 0 }) else { return nil }
        directions = width == 1 ? [] : Self.directions(width: width, seed: seed)
    }

    /// What as many real rows come to: no generator can be told to be better.
    var floor: Quality { judge(training) }

    /// What noise over the data's range comes to.
    var baseline: Quality {
        let random = Random(seed: seed, stream: .noise)
        let box = Box(around: [heldOut], width: width)
        let noise = (0..<count * width).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: width)
            let (low, high) = (box.lower[column] * 2 + box.upper[column], box.lower[column] + box.upper[column] * 2)
            // The box has as much room again on either side.
            return (low + (high - low) * random.uniform(row: row, index: column)) / 3
        }
        return judge(noise)
    }

    /// - Parameter rows: `count` generated rows, encoded, row-major.
    func judge(_ rows: [Float]) -> Quality {
        var inside = 0
        var covered = [Bool](repeating: false, count: count)
        covered = Self.visit(heldOut, rows, width: width, into: covered) { covered, row, _, square in
            if square <= radii[row] {
                covered[row] = true
                inside += 1
            }
        }
        return Quality(
            distance: distance(rows), coverage: Double(covered.count(where: \.self)) / Double(count),
            density: Double(inside) / Double(Self.neighbours * count))
    }

    /// The share of generated rows that are nearer to a row that was learned from than to any held-out one: about a half
    /// where nothing was learned by heart.
    func memorization(_ rows: [Float]) -> Double {
        func nearest(_ real: [Float]) -> [Float] {
            Self.visit(rows, real, width: width, into: [Float](repeating: .infinity, count: count)) {
                $0[$1] = min($0[$1], $3)
            }
        }
        return TwoSample.shareBelow(nearest(training), nearest(heldOut))
    }

    /// The Kolmogorov-Smirnov distance, averaged over the columns, 64 of them at most, and the directions.
    private func distance(_ rows: [Float]) -> Double {
        let columns = min(width, 64)
        var sum = 0.0
        for column in 0..<columns {
            func values(_ rows: [Float]) -> [Double] {
                stride(from: column, to: rows.count, by: width).map { Double(rows[$0]) }
            }
            sum += TwoSample.kolmogorovSmirnov(values(rows), values(heldOut))
        }
        let count = directions.count / width
        for direction in 0..<count {
            func values(_ rows: [Float]) -> [Double] {
                stride(from: 0, to: rows.count, by: width).map { start in
                    var sum: Float = 0
                    for column in 0..<width { sum += rows[start + column] * directions[direction * width + column] }
                    return Double(sum)
                }
            }
            sum += TwoSample.kolmogorovSmirnov(values(rows), values(heldOut))
        }
        return sum / Double(columns + count)
    }

    /// Visits every pair of rows with the square of their distance.
    private static func visit<Result>(
        _ a: [Float], _ b: [Float], width: Int, into result: Result,
        _ body: (inout Result, _ a: Int, _ b: Int, _ square: Float) -> Void
    ) -> Result {
        var result = result
        let (a, b) = (a.span, b.span)
        for i in 0..<a.count / width {
            let x = a.extracting(i * width..<(i + 1) * width)
            for j in 0..<b.count / width {
                let y = b.extracting(j * width..<(j + 1) * width)
                var square: Float = 0
                for column in 0..<width { square += (x[column] - y[column]) * (x[column] - y[column]) }
                body(&result, i, j, square)
            }
        }
        return result
    }

    private static func directions(width: Int, seed: UInt64) -> [Float] {
        var directions = [Float](repeating: 0, count: directionCount * width)
        var span = directions.mutableSpan
        Random(seed: seed, stream: .evaluation).fillNormal(&span, row: 0, width: width)
        for start in stride(from: 0, to: span.count, by: width) {
            var square: Float = 0
            for column in 0..<width { square += span[start + column] * span[start + column] }
            for column in 0..<width { span[start + column] /= square.squareRoot() }
        }
        return directions
    }
}
