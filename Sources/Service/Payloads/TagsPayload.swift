import Formats

/// Names and values that mean something to the user: `{"team": "blue"}`.
enum TagsPayload {
    private static let limit = 32
    private static let lengthLimit = 256

    static func read(_ element: JSONElement, at pointer: String) throws -> [String: String] {
        guard element.kind == .object else {
            throw Problem(422, "invalid_parameter", "must be an object of texts", pointer: pointer)
        }
        return try checked(
            element.members.map { ($0.key, $0.value.string, pointer + JSONElement.token($0.key)) }, at: pointer)
    }

    /// What a query gives: `team:blue,stage:trial`.
    static func read(_ list: [Substring], at pointer: String) throws -> [String: String] {
        try checked(
            list.map { pair in
                let name = pair.prefix { $0 != ":" }
                return (String(name), name == pair ? nil : String(pair.dropFirst(name.count + 1)), pointer)
            }, at: pointer)
    }

    private static func checked(
        _ pairs: [(name: String, text: String?, pointer: String)], at pointer: String
    ) throws -> [String: String] {
        var tags: [String: String] = [:]
        for (name, text, place) in pairs {
            guard let text, 1...lengthLimit ~= name.unicodeScalars.count, text.unicodeScalars.count <= lengthLimit
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

    static func write(_ tags: [String: String], to writer: inout JSONWriter) {
        writer.key("tags")
        writer.object { writer in
            for (name, value) in tags.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
        }
    }
}
