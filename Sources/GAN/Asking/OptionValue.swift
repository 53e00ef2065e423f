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
