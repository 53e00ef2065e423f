package import Formats
package import NeuralNetwork

/// Tables of generated rows.
extension TableEncoder {
    /// The table of generated rows.
    ///
    /// - Parameters:
    ///   - values: rows of floats, row-major; of each choice the largest is the one that is made.
    ///   - row: the number of the first row, for what is made anew for each.
    package func decode(_ values: Span<Float>, row: Int, random: Random) -> Table {
        var output = ColumnOutput(
            coders: coders, names: columns.map(\.name), width: width, count: values.count / max(width, 1), first: row,
            random: random, made: [ColumnOutput.Made?](repeating: nil, count: columns.count))
        for index in decodingOrder {
            let column = columns[index]
            output.made[index] = column.coder.decode(values, at: column.offset, index, of: output)
        }
        return Table(columns: output.made.compactMap { $0?.column }, orientation: orientation)
    }

    /// The columns in an order in which each stands behind those that it needs.
    private var decodingOrder: [Int] {
        let needed = columns.map(\.coder.needed)
        var order: [Int] = []
        var seen = [Bool](repeating: false, count: columns.count)
        for index in columns.indices where !seen[index] {
            // A chain of columns may be as long as there are columns.
            var open = [index]
            while let last = open.last {
                seen[last] = true
                if let next = needed[last].first(where: { !seen[$0] }) {
                    open.append(next)
                } else {
                    open.removeLast()
                    order.append(last)
                }
            }
        }
        return order
    }

    /// Checks that there is such an order.
    func checkOrder() throws(ManifestError) {
        var made = Set<Int>()
        for index in decodingOrder {
            guard made.isSuperset(of: columns[index].coder.needed) else {
                throw ManifestError("columns are never below one another in a circle")
            }
            made.insert(index)
        }
    }
}
