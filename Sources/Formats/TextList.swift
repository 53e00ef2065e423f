/// The texts of a column by their places, in one piece of memory: millions of them take little more than their bytes.
package struct TextList: Sendable, Equatable {
    private var bytes: [UInt8]
    /// Where each text ends.
    private var ends: [Int]

    /// - Parameter bytes: the texts one behind the other, UTF-8.
    init(bytes: [UInt8], ends: [Int]) {
        self.bytes = bytes
        self.ends = ends
    }

    /// What `storage` was of; `nil` where there are no texts that end there.
    package init?(bytes: [UInt8], lengths: [Double]) {
        var ends: [Int] = []
        ends.reserveCapacity(lengths.count)
        var end = 0
        for length in lengths {
            guard let length = Int(exactly: length), 0...bytes.count - end ~= length else { return nil }
            end += length
            ends.append(end)
        }
        guard end == bytes.count else { return nil }
        self.init(bytes: bytes, ends: ends)
    }

    /// The texts one behind the other, UTF-8, and how many bytes each has.
    package var storage: (bytes: [UInt8], lengths: [Double]) {
        (bytes, ends.indices.map { Double(range(of: $0).count) })
    }

    /// The memory that the texts take.
    var byteCount: Int { bytes.count + 8 * ends.count }

    /// The bytes of a text.
    private func range(of place: Int) -> Range<Int> { (place == 0 ? 0 : ends[place - 1])..<ends[place] }

    package init(_ texts: some Sequence<ByteText>) {
        self.init(bytes: [], ends: [])
        append(contentsOf: texts)
    }

    package mutating func append(contentsOf texts: some Sequence<ByteText>) {
        for text in texts {
            bytes.append(contentsOf: text.utf8)
            ends.append(bytes.count)
        }
    }
}

extension TextList: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { ends.count }

    package subscript(place: Int) -> ByteText {
        ByteText(String(decoding: bytes[range(of: place)], as: UTF8.self))
    }
}

extension TextList: ExpressibleByArrayLiteral {
    package init(arrayLiteral texts: ByteText...) { self.init(texts) }
}

extension TextList: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([ByteText].self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for text in self { try container.encode(text) }
    }
}
