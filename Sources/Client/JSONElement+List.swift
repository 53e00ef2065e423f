package import Formats

extension JSONElement {
    /// What the array holds.
    package var list: [JSONElement] { Array(elements) }
}
