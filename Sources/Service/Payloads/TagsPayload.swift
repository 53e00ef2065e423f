import Formats

/// Names and values that mean something to the user: `{"team": "blue"}`.
enum TagsPayload {
    private static let limit = 32
    private static let byteLimit = 256

    static func read(_ element: JSONElement, at pointer: String) throws -> [String: String] {
        guard element.kind == .object else {
            throw Problem(422, "invalid_parameter", "must be an object of texts", pointer: pointer)
        }
        var tags: [String: String] = [:]
        for (name, value) in element.members {
            let place = pointer + JSONElement.token(name)
            guard let text = value.string, 1...byteLimit ~= name.utf8.count, text.utf8.count <= byteLimit else {
                throw Problem(
                    422, "invalid_parameter", "must be a text, it and its name up to \(byteLimit) bytes", pointer: place
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
