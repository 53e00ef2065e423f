import Client
import Formats

/// What rows have to be, from the command line to the server's `where`.
enum ConditionArguments {
    /// - Returns: a JSON body, or nothing where nothing is asked.
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
                throw .usage("--where \(argument) is not column=value, column=low..high or one object of JSON")
            }
            writer.key(pair.name)
            write(pair.value, to: &writer)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Nothing is a gap, `a..b` a range of numbers or dates with an end that may be open, and a text in quotes one.
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

    /// A number only where JSON would write it so: `01` is a text.
    private static func scalar(_ text: String, to writer: inout JSONWriter) {
        guard let number = try? JSONDocument(Array("[\(text)]".utf8)).root.elements.first(where: { _ in true })?.double
        else { return writer.value(text) }
        writer.value(number)
    }
}
