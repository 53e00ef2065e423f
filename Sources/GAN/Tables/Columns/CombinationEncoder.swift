import Formats

/// What belongs to a category of combinations: whose they are, and what the first of the columns has in each.
struct CombinationEncoder: Sendable, Equatable, Codable {
    /// The columns; the first is the one that has the floats, and the others follow from it.
    let columns: [Int]
    /// The first column's value in each of the category's words, as a place in its texts; NaN is missing.
    let values: [Double]
    let texts: [ByteText]
}
