import Client
import Formats

/// Conditions on rows: `--where` arguments as the server's `where`.
enum ConditionArguments {
    /// - Returns: a JSON body; empty without conditions.
    static func body(_ arguments: [String]) throws(Fault) -> [UInt8] {
        guard !arguments.isEmpty else { return [] }
        if arguments.count == 1, arguments[0].utf8.first == UInt8(ascii: "{") {
            return Array("{\"where\":\(arguments[0])}".utf8)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("where")
        writer.beginObject()
        for argument in arguments {
            guard let pair = Pair(argument: argument) else {
                throw .usage("--where \(argument) must be column=value, column=low..high or one JSON object")
            }
            writer.key(pair.name)
            write(pair.value, to: &writer)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// An empty value is a gap; `a..b` is a range of numbers or dates, either end of which may be missing; quotes make
    /// a text.
    private static func write(_ text: String, to writer: inout JSONWriter) {
        guard !text.isEmpty else { return writer.null() }
        let bytes = Array(text.utf8)
        if bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") {
            return writer.value(String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self))
        }
        if let dots = bytes.firstRange(of: Array("..".utf8)) {
            writer.object { writer in
                for (name, end) in [("min", bytes[..<dots.lowerBound]), ("max", bytes[dots.upperBound...])]
                where !end.isEmpty {
                    writer.key(name)
                    scalar(String(decoding: end, as: UTF8.self), to: &writer)
                }
            }
            return
        }
        scalar(text, to: &writer)
    }

    /// A number if it is one in JSON: `01` is a text.
    private static func scalar(_ text: String, to writer: inout JSONWriter) {
        guard let number = try? JSONDocument(Array("[\(text)]".utf8)).root.elements.first(where: { _ in true })?.double
        else { return writer.value(text) }
        writer.value(number)
    }
}
