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
