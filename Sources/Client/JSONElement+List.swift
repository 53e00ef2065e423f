package import Formats

extension JSONElement {
    /// The elements of the array.
    package var list: [JSONElement] { Array(elements) }
}
