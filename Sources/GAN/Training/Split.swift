import NeuralNetwork

/// Which rows of a table are learned from, and which are held out: a tenth, drawn by chance, but no more than it takes to
/// judge anything. Of fewer than 20 rows all are in both parts.
package struct Split {
    /// Ascending.
    package let heldOut: [UInt32]
    /// How many rows are learned from.
    package let trainingCount: Int
    /// Whether there is a row that is not learned from.
    package let holdsOut: Bool

    package static let maximumHeldOut = 50_000

    package init(rows count: Int, seed: UInt64) {
        holdsOut = count >= 20
        guard holdsOut else {
            heldOut = Array(0..<UInt32(count))
            trainingCount = count
            return
        }
        var order = Array(0..<UInt32(count))
        let random = Random(seed: seed, stream: .heldOut)
        let share = min(count / 10, Self.maximumHeldOut)
        for index in 0..<share {
            order.swapAt(index, index + random.index(row: index, below: count - index))
        }
        heldOut = order[..<share].sorted()
        trainingCount = count - heldOut.count
    }

    /// The rows that are learned from, at these of their places, ascending.
    package func training(at places: some Sequence<Int>) -> [UInt32] {
        guard holdsOut else { return places.map(UInt32.init) }
        var passed = 0
        return places.map { place in
            while passed < heldOut.count, Int(heldOut[passed]) <= place + passed { passed += 1 }
            return UInt32(place + passed)
        }
    }
}
