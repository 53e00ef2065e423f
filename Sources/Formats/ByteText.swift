/// A text of data, told apart from others by its UTF-8 bytes, as files and JSON tell theirs.
///
/// Swift's `String` takes the spellings of a text that Unicode calls canonically equivalent for one: "é" as one scalar
/// and as "e" with an accent behind it. Names of columns and values of categories are what their bytes are, and so is
/// their order, that of their scalars.
package struct ByteText: Sendable {
    package let string: String

    package init(_ string: String) { self.string = string }

    package init(_ part: Substring) { string = String(part) }

    package var utf8: String.UTF8View { string.utf8 }
    package var isEmpty: Bool { string.isEmpty }

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var string = string
        return string.withUTF8 { unsafe body($0) }
    }
}

extension ByteText: Hashable {
    package static func == (a: ByteText, b: ByteText) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return unsafe a.withBytes { a in unsafe b.withBytes { b in unsafe a.elementsEqual(b) } }
    }

    package func hash(into hasher: inout Hasher) {
        unsafe withBytes { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No text has this byte: the ends of two in a row are theirs.
        hasher.combine(UInt8.max)
    }
}

extension ByteText: Comparable {
    package static func < (a: ByteText, b: ByteText) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}

extension ByteText: ExpressibleByStringInterpolation {
    package init(stringLiteral string: String) { self.init(string) }
}

extension ByteText: CustomStringConvertible {
    package var description: String { string }
}

extension ByteText: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}

extension Dictionary where Value == Int {
    /// The place of each key in a list; of one that is there twice the first.
    package init(placesOf keys: some Sequence<Key>) {
        self.init(zip(keys, 0...), uniquingKeysWith: { first, _ in first })
    }
}
