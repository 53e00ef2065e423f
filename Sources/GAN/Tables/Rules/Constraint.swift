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
    /// - Parameter columns: the names that there are; `nil` is for other ones, too.
    init?(_ text: String, columns: Set<String>) {
        if let order = Self.order(text[...], columns) {
            self = order
            return
        }
        guard let colon = text.firstIndex(of: ":"),
            let names = Self.names(text[text.index(after: colon)...], columns)
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

    private static func order(_ text: Substring, _ columns: Set<String>) -> Self? {
        for index in text.indices where text[index] == "<" {
            let rest = text[text.index(after: index)...]
            let isStrict = rest.first != "="
            let (lower, upper) = (trimmed(text[..<index]), trimmed(isStrict ? rest : rest.dropFirst()))
            if lower != upper, columns.contains(lower), columns.contains(upper) {
                return .order(lower: lower, upper: upper, isStrict: isStrict)
            }
        }
        return nil
    }

    /// Names with colons between, which names may have in them, too.
    private static func names(_ text: Substring, _ columns: Set<String>) -> [String]? {
        let whole = trimmed(text)
        if columns.contains(whole) { return [whole] }
        for index in text.indices where text[index] == ":" {
            let first = trimmed(text[..<index])
            if columns.contains(first), let rest = names(text[text.index(after: index)...], columns) {
                return [first] + rest
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(
            start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex))
    }
}
