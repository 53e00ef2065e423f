package import Formats

/// What is asked of one column.
package enum ColumnRequirement: Sendable, Equatable {
    case missing
    case number(Double)
    case numbers(ClosedRange<Double>)
    case text(ByteText)
    /// Dates or times of the column's format, from the first to the last; `nil` leaves an end open.
    case texts(from: ByteText?, through: ByteText?)

    /// Whether a number, or a place among the texts of a column that has some, is what is asked for.
    func isMet(by value: Double, _ texts: [ByteText]?) -> Bool {
        switch self {
        case .missing: value.isNaN
        case .number(let number): texts == nil && value == number
        case .numbers(let range): texts == nil && range.contains(value)
        case .text(let text): texts.map { !value.isNaN && $0[Int(value)] == text } ?? false
        case .texts: false
        }
    }
}
