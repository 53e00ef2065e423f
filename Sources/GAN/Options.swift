/// The value of one of a family's options.
package enum OptionValue: Sendable, Equatable {
    case number(Double)
    case text(String)
    case widths([Int])
}

extension OptionValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .widths(try container.decode([Int].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .widths(let widths): try container.encode(widths)
        }
    }
}

/// What a family lets its users choose, with what they get if they do not.
package struct Option: Sendable {
    package enum Kind: Sendable {
        case number(ClosedRange<Double>)
        case integer(ClosedRange<Int>)
        case choice([String])
        /// The widths of hidden layers: up to eight of them.
        case widths(ClosedRange<Int>)
    }

    package let name: String
    package let kind: Kind
    /// What stands where nothing is given; `nil` for options that are left out then.
    package let standard: OptionValue?

    /// Checks what a user gave.
    func check(_ value: OptionValue) throws(SpecificationError) {
        switch (kind, value) {
        case (.number(let range), .number(let number)) where range.contains(number): return
        case (.integer(let range), .number(let number))
        where number == number.rounded() && Double(range.lowerBound)...Double(range.upperBound) ~= number: return
        case (.choice(let choices), .text(let text)) where choices.contains(text): return
        case (.widths(let range), .widths(let widths))
        where widths.count <= 8 && widths.allSatisfy(range.contains): return
        default: throw SpecificationError(.invalidParameter, at: "/options/\(name)", "must be \(expectation)")
        }
    }

    private var expectation: String {
        switch kind {
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let choices): "one of \(choices.joined(separator: ", "))"
        case .widths(let range):
            "a list of up to 8 layer widths, each from \(range.lowerBound) to \(range.upperBound)"
        }
    }
}

/// A family's options, all of them resolved.
package struct Options: Sendable, Equatable, Codable {
    package private(set) var values: [String: OptionValue]

    /// - Throws: `SpecificationError` for a name that the family does not know and for a value out of its range.
    init(given: [String: OptionValue], known: [Option]) throws(SpecificationError) {
        values = [:]
        for option in known { values[option.name] = given[option.name] ?? option.standard }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let option = known.first(where: { $0.name == name }) else {
                throw SpecificationError(
                    .unknownOption(name: name, known: known.map(\.name)), at: "/options/\(name)",
                    "is not an option of this family")
            }
            try option.check(value)
        }
    }

    package init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: OptionValue].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    func number(_ name: String) -> Float? {
        if case .number(let number)? = values[name] { Float(number) } else { nil }
    }

    func text(_ name: String) -> String? {
        if case .text(let text)? = values[name] { text } else { nil }
    }

    func widths(_ name: String) -> [Int]? {
        if case .widths(let widths)? = values[name] { widths } else { nil }
    }
}
