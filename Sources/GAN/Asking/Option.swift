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
