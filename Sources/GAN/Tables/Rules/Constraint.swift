package import Formats

/// A rule that every row keeps.
package struct Constraint: Sendable, Equatable, Codable {
    package enum Rule: Sendable, Equatable, Codable {
        /// Of two numbers, dates or times, which one is never above the other.
        case order(lower: ByteText, upper: ByteText, isStrict: Bool)
        /// Categories that stand together only as they do in the data.
        case combination([ByteText])
        /// No two rows have the same value.
        case unique(ByteText)
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
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let names = columns.sequence(text[text.utf8.index(after: colon)...])
        else { return nil }
        switch ConstraintNames.trimmed(text[..<colon]) {
        case "combination" where names.count > 1 && Set(names).count == names.count: self = .combination(names)
        case "unique" where names.count == 1: self = .unique(names[0])
        default: return nil
        }
    }

    /// The rule as users write it.
    package var text: String {
        switch self {
        case .order(let lower, let upper, let isStrict): "\(lower)\(isStrict ? "<" : "<=")\(upper)"
        case .combination(let columns): "combination:" + columns.map(\.string).joined(separator: ":")
        case .unique(let column): "unique:\(column)"
        }
    }

    /// The columns that the rule is about.
    var columns: [ByteText] {
        switch self {
        case .order(let lower, let upper, _): [lower, upper]
        case .combination(let columns): columns
        case .unique(let column): [column]
        }
    }

    private static func order(_ text: Substring, _ columns: ConstraintNames) -> Self? {
        let text = ConstraintNames.trimmed(text)
        for index in text.utf8.indices where text.utf8[index] == UInt8(ascii: "<") {
            // What stands before the sign only becomes longer.
            guard columns.mayBeName(text[..<index]) else { return nil }
            let rest = text[text.utf8.index(after: index)...]
            let isStrict = rest.utf8.first != UInt8(ascii: "=")
            let upper = isStrict ? rest : Substring(rest.utf8.dropFirst())
            guard let lower = columns.name(text[..<index]), let upper = columns.name(upper), lower != upper else {
                continue
            }
            return .order(lower: lower, upper: upper, isStrict: isStrict)
        }
        return nil
    }
}
