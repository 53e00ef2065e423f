import Formats
import NeuralNetwork

/// The columns that generated rows become, as far as they have been made.
struct ColumnOutput {
    /// A column that has been made.
    struct Made {
        var column: Column
        /// The word of each row, of a column that others may follow from.
        var words: [Double]?
    }

    let coders: [any ColumnCoder]
    let names: [ByteText]
    /// Of the rows of floats.
    let width: Int
    let count: Int
    /// The number of the first row, for what is made anew for each.
    let first: Int
    let random: Random
    /// By their places; `nil` for those that come later.
    var made: [Made?]

    /// The number that a row draws for a column.
    func chance(_ row: Int, _ index: Int) -> Float { random.uniform(row: first + row, index: index) }

    /// Whether a row has no value, of a column of which a share is missing.
    func isGap(_ row: Int, _ index: Int, share: Double?) -> Bool {
        share.map { Double(chance(row, index)) < $0 } ?? false
    }
}

extension Span<Float> {
    /// The code of a number and the choice behind it.
    func code(at start: Int, places: Int) -> NumberEncoder.Code {
        NumberEncoder.Code(number: self[start], place: places == 0 ? 0 : largest(from: start + 1, count: places))
    }

    /// Which of some places is the largest, the first of several.
    func largest(from start: Int, count: Int) -> Int {
        var best = 0
        for place in 0..<count where self[start + place] > self[start + best] { best = place }
        return best
    }
}
