import Glibc

/// A classifier of rows in two classes: gradient-boosted trees on binned columns (Friedman 2001, "Greedy function
/// approximation"; histograms and second-order gains as in Ke et al. 2017, "LightGBM").
struct GradientBoosting {
    /// A tree of splits by level: node n's children are 2n + 1 and 2n + 2.
    private struct Tree {
        var splits: [Split?]
        var values: [Float]
    }

    private struct Split {
        var column: Int
        /// Which bins go to the first child.
        var first: [Bool]
        var gain: Float
    }

    /// The sums over some rows of the loss's first and second derivatives.
    private struct Sums {
        var gradient: Float = 0
        var hessian: Float = 0
        var count: Float = 0

        static func += (a: inout Sums, b: Sums) {
            a.gradient += b.gradient
            a.hessian += b.hessian
            a.count += b.count
        }

        static func - (a: Sums, b: Sums) -> Sums {
            Sums(gradient: a.gradient - b.gradient, hessian: a.hessian - b.hessian, count: a.count - b.count)
        }

        var value: Float { -gradient / (hessian + GradientBoosting.regularization) }
        var score: Float { gradient * gradient / (hessian + GradientBoosting.regularization) }
    }

    private static let rounds = 60
    private static let depth = 5
    private static let learningRate: Float = 0.15
    private static let regularization: Float = 1
    private static let smallestLeaf: Float = 20

    private let base: Float
    private var trees: [Tree] = []

    /// - Parameters:
    ///   - features: the rows to learn from.
    ///   - labels: the class of each.
    init(_ features: BinnedTable, labels: [Bool], within allowance: Allowance) throws(Allowance.Interruption) {
        let count = labels.count
        let positives = Float(labels.count(where: \.self))
        base = log((positives + 0.5) / (Float(count) - positives + 0.5))
        var logits = [Float](repeating: base, count: count)
        var sums = [Sums](repeating: Sums(), count: count)
        for _ in 0..<Self.rounds {
            try allowance.check()
            for row in 0..<count {
                let probability = 1 / (1 + exp(-logits[row]))
                sums[row] = Sums(
                    gradient: probability - (labels[row] ? 1 : 0), hessian: probability * (1 - probability), count: 1)
            }
            let (tree, leaves) = Self.grow(features, sums)
            for row in 0..<count { logits[row] += tree.values[leaves[row]] }
            trees.append(tree)
        }
    }

    /// The logit of each row to be of the true class.
    func logits(_ features: BinnedTable) -> [Float] {
        (0..<features.rowCount).map { row in
            trees.reduce(base) { sum, tree in
                var node = 0
                while let split = tree.splits[node] {
                    node = 2 * node + (split.first[Int(features.columns[split.column].bins[row])] ? 1 : 2)
                }
                return sum + tree.values[node]
            }
        }
    }

    /// - Returns: a tree, and the leaf of each row.
    private static func grow(_ features: BinnedTable, _ sums: [Sums]) -> (Tree, leaves: [Int]) {
        let nodes = (1 << (depth + 1)) - 1
        var tree = Tree(splits: Array(repeating: nil, count: nodes), values: Array(repeating: 0, count: nodes))
        var places = [Int](repeating: 0, count: sums.count)
        var totals = [Sums](repeating: Sums(), count: nodes)
        for sum in sums { totals[0] += sum }
        for level in 0..<depth {
            let first = (1 << level) - 1
            let width = 1 << level
            var best = [Split?](repeating: nil, count: width)
            for (index, column) in features.columns.enumerated() {
                let histograms = histograms(column, sums, places, from: first, nodes: width)
                for node in 0..<width {
                    let bins = histograms[node * column.binCount..<(node + 1) * column.binCount]
                    let split = split(
                        Array(bins), of: totals[first + node], column: index, isCategory: column.isCategory)
                    if let split, split.gain > best[node]?.gain ?? 1e-6 { best[node] = split }
                }
            }
            for node in 0..<width { tree.splits[first + node] = best[node] }
            for row in places.indices {
                guard places[row] >= first, let split = tree.splits[places[row]] else { continue }
                let isFirst = split.first[Int(features.columns[split.column].bins[row])]
                places[row] = 2 * places[row] + (isFirst ? 1 : 2)
                totals[places[row]] += sums[row]
            }
        }
        for node in 0..<nodes { tree.values[node] = learningRate * totals[node].value }
        return (tree, places)
    }

    /// The sums of each bin in each of a level's nodes, one node after the other.
    private static func histograms(
        _ column: BinnedTable.Column, _ sums: [Sums], _ places: [Int], from first: Int, nodes: Int
    ) -> [Sums] {
        var histograms = [Sums](repeating: Sums(), count: nodes * column.binCount)
        for row in places.indices where places[row] >= first {
            histograms[(places[row] - first) * column.binCount + Int(column.bins[row])] += sums[row]
        }
        return histograms
    }

    /// The best cut of the bins, in their order or, of categories, in that of their values.
    private static func split(_ bins: [Sums], of total: Sums, column: Int, isCategory: Bool) -> Split? {
        var order = Array(bins.indices)
        if isCategory { order.sort { (bins[$0].value, $0) < (bins[$1].value, $1) } }
        var (sum, best, cut) = (Sums(), Float(0), 0)
        for (index, bin) in order.dropLast().enumerated() {
            sum += bins[bin]
            let rest = total - sum
            guard sum.count >= smallestLeaf, rest.count >= smallestLeaf else { continue }
            let gain = sum.score + rest.score - total.score
            if gain > best { (best, cut) = (gain, index + 1) }
        }
        guard cut > 0 else { return nil }
        var first = [Bool](repeating: false, count: bins.count)
        for bin in order[..<cut] { first[bin] = true }
        return Split(column: column, first: first, gain: best)
    }
}
