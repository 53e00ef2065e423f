import Client
import Formats
import Foundation

/// Standard output, for data.
enum Printer {
    static func write(_ text: String) throws(Fault) { try write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) throws(Fault) { try Output(nil).write(bytes) }

    /// An answer, indented.
    static func write(json element: JSONElement) throws(Fault) {
        var text = ""
        append(element, to: &text, indentation: "")
        try write(text + "\n")
    }

    private static func append(_ element: JSONElement, to text: inout String, indentation: String) {
        let inner = indentation + "  "
        switch element.kind {
        case .object:
            let members = Array(element.members)
            guard !members.isEmpty else { return text += "{}" }
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + quoted(member.key.string) + ": "
                append(member.value, to: &text, indentation: inner)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += indentation + "}"
        case .array:
            let elements = Array(element.elements)
            // Arrays of plain values stay on one line.
            let isFlat = elements.allSatisfy { $0.kind != .object && $0.kind != .array }
            guard !isFlat else {
                text += "["
                for (index, value) in elements.enumerated() {
                    if index > 0 { text += ", " }
                    append(value, to: &text, indentation: inner)
                }
                return text += "]"
            }
            text += "[\n"
            for (index, value) in elements.enumerated() {
                text += inner
                append(value, to: &text, indentation: inner)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += indentation + "]"
        case .string: text += quoted(element.string ?? "")
        case .number:
            var writer = JSONWriter()
            if let whole = element.integer(as: Int.self) {
                writer.value(whole)
            } else {
                writer.value(element.double ?? 0)
            }
            text += String(decoding: writer.bytes, as: UTF8.self)
        case .boolean: text += element.bool == true ? "true" : "false"
        case .null: text += "null"
        }
    }

    /// A string as JSON, with control characters escaped, which a terminal would obey.
    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return String(decoding: writer.bytes, as: UTF8.self).unicodeScalars.reduce(into: "") { result, scalar in
            if scalar.isControl {
                for unit in scalar.utf16 { result += String(format: "\\u%04x", Int(unit)) }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
