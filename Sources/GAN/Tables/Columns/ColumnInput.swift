import Formats
import NeuralNetwork

/// The columns of a table that is encoded, in the order of those that were learned.
struct ColumnInput {
    let coders: [any ColumnCoder]
    let given: [Column]
    /// Draws the points of values that stand for intervals, and words for those that are not kept; `nil` takes the middle,
    /// and takes rows with unknown words for misfits.
    let random: Random?
    /// The first row's place in the streams of random numbers.
    let first: Int

    /// The number that a row draws for a column.
    func chance(_ row: Int, _ index: Int) -> Float? { random.map { $0.uniform(row: first + row, index: index) } }

    /// Where in the interval that a number stands for its code is taken from.
    func point(_ row: Int, _ index: Int) -> Double { Double(chance(row, index) ?? 0.5) }
}
