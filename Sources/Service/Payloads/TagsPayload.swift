import Formats

/// Names and values that mean something to the user: `{"team": "blue"}`.
enum TagsPayload {
    private static let limit = 32
    private static let lengthLimit = 256

    static func read(_ element: JSONElement, at pointer: String) throws -> TextMap {
        guard element.kind == .object else {
            throw Problem(422, "invalid_parameter", "must be an object of texts", pointer: pointer)
        }
        return try checked(
            element.members.map { ($0.key, $0.value.string, pointer + JSONElement.token($0.key)) }, at: pointer)
    }

    /// What a query gives: `team:blue,stage:trial`.
    static func read(_ list: [Substring], at pointer: String) throws -> TextMap {
        try checked(
            list.map { pair in
                let colon = pair.utf8.firstIndex(of: UInt8(ascii: ":"))
                let text = colon.map { String(pair[pair.utf8.index(after: $0)...]) }
                return (ByteText(pair[..<(colon ?? pair.endIndex)]), text, pointer)
            }, at: pointer)
    }

    private static func checked(
        _ pairs: [(name: ByteText, text: String?, pointer: String)], at pointer: String
    ) throws -> TextMap {
        var tags = TextMap()
        for (name, text, place) in pairs {
            guard let text, 1...lengthLimit ~= name.string.unicodeScalars.count,
                text.unicodeScalars.count <= lengthLimit
            else {
                throw Problem(
                    422, "invalid_parameter", "must be a text, it and its name up to \(lengthLimit) characters",
                    pointer: place
                )
            }
            tags[name] = text
        }
        guard tags.count <= limit else {
            throw Problem(422, "invalid_parameter", "must be \(limit) at most", pointer: pointer)
        }
        return tags
    }

    static func write(_ tags: TextMap, to writer: inout JSONWriter) {
        writer.key("tags")
        writer.object { writer in
            for (name, text) in tags.pairs {
                writer.key(name)
                writer.value(text)
            }
        }
    }
}
