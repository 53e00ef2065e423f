/// The floats of a row that a column becomes: a number or none, and behind it the places of a choice or none.
struct ColumnLayout {
    var hasNumber = false
    var places = 0

    var width: Int { (hasNumber ? 1 : 0) + places }

    /// The part that is a choice, of which exactly one is 1; empty where there is none.
    var choice: Range<Int> { (hasNumber ? 1 : 0)..<width }
}
