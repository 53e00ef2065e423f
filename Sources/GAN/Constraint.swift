/// A rule that every row keeps.
package struct Constraint: Sendable, Equatable, Codable {
    package enum Rule: Sendable, Equatable, Codable {
        /// Of two numbers, dates or times, which one is never above the other.
        case order(lower: String, upper: String, isStrict: Bool)
        /// Categories that stand together only as they do in the data.
        case combination([String])
        /// No two rows have the same value.
        case unique(String)
    }

    package let rule: Rule
    /// Whether the data say so rather than the user.
    package let isInferred: Bool
}

extension Constraint.Rule {
    /// What stands among rules where only those that are given are wanted.
    package static let none = "none"

    /// Reads a rule as users write it: `start<=end`, `start<end`, `combination:city:country` or `unique:id`.
    ///
    /// - Parameter columns: the names that there are.
    init?(_ text: String, columns: ConstraintNames) {
        if let order = Self.order(text[...], columns) {
            self = order
            return
        }
        guard let colon = text.firstIndex(of: ":"),
            let names = columns.sequence(text[text.index(after: colon)...])
        else { return nil }
        switch Self.trimmed(text[..<colon]) {
        case "combination" where names.count > 1 && Set(names).count == names.count: self = .combination(names)
        case "unique" where names.count == 1: self = .unique(names[0])
        default: return nil
        }
    }

    /// The rule as users write it.
    package var text: String {
        switch self {
        case .order(let lower, let upper, let isStrict): "\(lower)\(isStrict ? "<" : "<=")\(upper)"
        case .combination(let columns): "combination:" + columns.joined(separator: ":")
        case .unique(let column): "unique:\(column)"
        }
    }

    /// The columns that the rule is about.
    var columns: [String] {
        switch self {
        case .order(let lower, let upper, _): [lower, upper]
        case .combination(let columns): columns
        case .unique(let column): [column]
        }
    }

    private static func order(_ text: Substring, _ columns: ConstraintNames) -> Self? {
        let text = trimmed(text)
        for index in text.indices where text[index] == "<" {
            // What stands before the sign only becomes longer.
            guard columns.mayBeName(text[..<index]) else { return nil }
            let rest = text[text.index(after: index)...]
            let isStrict = rest.first != "="
            let (lower, upper) = (text[..<index], isStrict ? rest : rest.dropFirst())
            guard let lower = columns.name(lower), let upper = columns.name(upper), lower != upper else { continue }
            return .order(lower: lower, upper: upper, isStrict: isStrict)
        }
        return nil
    }

    fileprivate static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        return start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)
    }
}

/// The names of columns, to find some among in a rule: a name may itself have the signs that stand between names.
struct ConstraintNames {
    private let names: Set<String>
    private let longest: Int
    /// The colons of the name that has the most of them.
    private let mostColons: Int

    init(_ names: [String]) {
        self.names = Set(names)
        longest = names.map(\.utf8.count).max() ?? 0
        mostColons = names.map { $0.utf8.count { $0 == UInt8(ascii: ":") } }.max() ?? 0
    }

    /// Whether a text is short enough for a name, but for white space behind it.
    func mayBeName(_ text: Substring) -> Bool { Constraint.Rule.trimmed(text).utf8.count <= longest }

    /// The name that a text is, but for white space around it.
    func name(_ text: Substring) -> String? {
        let trimmed = Constraint.Rule.trimmed(text)
        guard trimmed.utf8.count <= longest else { return nil }
        return names.contains(String(trimmed)) ? String(trimmed) : nil
    }

    /// Names with colons between, which names may have in them, too: of several readings that with the fewest names, or
    /// the shortest first ones.
    func sequence(_ text: Substring) -> [String]? {
        if let whole = self.name(text) { return [whole] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // No name stands twice in a rule.
        guard parts.count <= names.count * (mostColons + 1) else { return nil }
        // Of the text from each part on: where the first name ends of the reading that there is.
        var ends = [Int?](repeating: nil, count: parts.count + 1)
        ends[parts.count] = parts.count
        func name(from first: Int, to end: Int) -> String? {
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
        var found: [String] = []
        var first = 0
        while first < parts.count {
            guard let end = ends[first], let name = name(from: first, to: end) else { return nil }
            found.append(name)
            first = end
        }
        return found
    }
}
