import Formats

/// The names of columns, to find some among in a rule: a name may itself have the signs that stand between names.
struct ConstraintNames {
    private let names: Set<ByteText>
    private let longest: Int
    /// The colons of the name that has the most of them.
    private let mostColons: Int

    init(_ names: [ByteText]) {
        self.names = Set(names)
        longest = names.map(\.utf8.count).max() ?? 0
        mostColons = names.map { $0.utf8.count { $0 == UInt8(ascii: ":") } }.max() ?? 0
    }

    /// Whether a text is short enough for a name, but for white space around it.
    func mayBeName(_ text: Substring) -> Bool { Self.trimmed(text).utf8.count <= longest }

    /// The name that a text is, but for white space around it.
    func name(_ text: Substring) -> ByteText? {
        let trimmed = Self.trimmed(text)
        guard trimmed.utf8.count <= longest else { return nil }
        let name = ByteText(trimmed)
        return names.contains(name) ? name : nil
    }

    /// Names with colons between, which names may have in them, too: of several readings that with the fewest names, or
    /// the shortest first ones.
    func sequence(_ text: Substring) -> [ByteText]? {
        if let whole = self.name(text) { return [whole] }
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        // No name stands twice in a rule.
        guard parts.count <= names.count * (mostColons + 1) else { return nil }
        // Of the text from each part on: where the first name ends of the reading that there is.
        var ends = [Int?](repeating: nil, count: parts.count + 1)
        ends[parts.count] = parts.count
        func name(from first: Int, to end: Int) -> ByteText? {
            self.name(text[parts[first].startIndex..<parts[end - 1].endIndex])
        }
        for first in parts.indices.reversed() {
            if parts.count - first <= mostColons + 1, name(from: first, to: parts.count) != nil {
                ends[first] = parts.count
                continue
            }
            ends[first] = (first + 1...min(first + 1 + mostColons, parts.count)).first { end in
                ends[end] != nil && name(from: first, to: end) != nil
            }
        }
        var found: [ByteText] = []
        var first = 0
        while first < parts.count {
            guard let end = ends[first], let name = name(from: first, to: end) else { return nil }
            found.append(name)
            first = end
        }
        return found
    }

    /// Without the white space around it, scalar by scalar: an accent behind a blank is a part of the text.
    static func trimmed(_ text: Substring) -> Substring {
        let start = text.unicodeScalars.drop(while: \.properties.isWhitespace)
        let end = start.lastIndex { !$0.properties.isWhitespace }.map(start.index(after:)) ?? start.startIndex
        return Substring(start[..<end])
    }
}
