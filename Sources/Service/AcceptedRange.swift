/// A media range of an Accept field (RFC 9110 §12.5.1).
struct AcceptedRange {
    /// In lower case.
    let name: String
    let quality: Double

    /// The ranges of a field, in the order given.
    static func all(in accept: String) -> [AcceptedRange] {
        accept.split(separator: ",").map { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return AcceptedRange(name: parts.first ?? "", quality: quality)
        }
    }

    /// Whether the range is the type itself, all of its kind, or everything.
    func takes(_ mediaType: String) -> Bool {
        name == mediaType || name == "*/*" || name.hasSuffix("/*") && mediaType.hasPrefix(name.dropLast())
    }
}
