extension [String] {
    /// As in a sentence: "a, b and c", or "or" before the last.
    package func listed(with conjunction: String) -> String {
        guard let last, count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) \(conjunction) \(last)"
    }
}
