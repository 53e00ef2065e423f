/// Texts by names, which are told apart by their bytes, in memory and where they are kept.
package struct TextMap: Sendable, Hashable {
    private var texts: [ByteText: String] = [:]

    package init() {}

    package subscript(name: ByteText) -> String? {
        get { texts[name] }
        set { texts[name] = newValue }
    }

    package var count: Int { texts.count }
    package var isEmpty: Bool { texts.isEmpty }

    /// By the names, ascending.
    package var pairs: [(name: ByteText, text: String)] {
        texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension TextMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral pairs: (ByteText, String)...) {
        for (name, text) in pairs { texts[name] = text }
    }
}

extension TextMap: Codable {
    /// An object where its reader can tell the keys apart, for Foundation's takes two spellings of a key for one; else
    /// names and texts in turn.
    package func encode(to encoder: any Encoder) throws {
        let pairs = pairs
        let object = Dictionary(pairs.map { ($0.name.string, $0.text) }, uniquingKeysWith: { first, _ in first })
        var container = encoder.singleValueContainer()
        if object.count == pairs.count {
            try container.encode(object)
        } else {
            try container.encode(pairs.flatMap { [$0.name.string, $0.text] })
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let object = try? container.decode([String: String].self) {
            for (name, text) in object { texts[ByteText(name)] = text }
            return
        }
        let list = try container.decode([String].self)
        guard list.count.isMultiple(of: 2) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a name has no text")
        }
        for place in stride(from: 0, to: list.count, by: 2) { texts[ByteText(list[place])] = list[place + 1] }
    }
}
