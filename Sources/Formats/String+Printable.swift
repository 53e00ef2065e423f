extension String {
    /// The text as a terminal or a line of a log may show it, whoever wrote it: characters that move the cursor, end the
    /// line, change the colors or turn the direction of writing stand as escapes, such as `\u{1B}`.
    package var printable: String {
        guard !utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            guard scalar.isControl else {
                result.unicodeScalars.append(scalar)
                continue
            }
            result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether a terminal would obey rather than show it: the control characters C0 and C1, DEL, the separators of lines
    /// and paragraphs, and what turns the direction of writing (UAX #9).
    package var isControl: Bool {
        switch value {
        case 0x20..<0x7F: false
        case ..<0xA0, 0x2028, 0x2029: true
        default: properties.isBidiControl
        }
    }
}
