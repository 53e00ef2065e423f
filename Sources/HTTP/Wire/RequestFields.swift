package import HTTPTypes

/// The fields of a request: the head's bytes, and the places of each name and value in them.
///
/// Most fields of most requests are never read, so a String is made only when one is.
package struct RequestFields: Sendable {
    /// The place of a field; heads are far shorter than 4 GiB.
    struct Line: Sendable {
        var name: Range<UInt32>
        var value: Range<UInt32>
    }

    let bytes: [UInt8]
    private(set) var lines: [Line] = []

    init(_ bytes: [UInt8], capacity: Int) {
        self.bytes = bytes
        lines.reserveCapacity(capacity)
    }

    mutating func append(name: Range<Int>, value: Range<Int>) {
        lines.append(
            Line(
                name: UInt32(name.lowerBound)..<UInt32(name.upperBound),
                value: UInt32(value.lowerBound)..<UInt32(value.upperBound)))
    }

    /// The value of a field; several of the same name as one list (RFC 9110 §5.2).
    package subscript(name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count < 2 ? values.first : values.joined(separator: ", ")
    }

    /// The values of a field, each on its own.
    package subscript(values name: HTTPField.Name) -> [String] {
        var values: [String] = []
        for line in lines where isNamed(line.name, name.canonicalName) {
            values.append(text(Int(line.value.lowerBound)..<Int(line.value.upperBound)))
        }
        return values
    }

    /// The text of bytes; invalid UTF-8 becomes replacement characters.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func isNamed(_ range: Range<UInt32>, _ lowercased: String) -> Bool {
        range.count == lowercased.utf8.count
            && equalsIgnoringCase(bytes[Int(range.lowerBound)..<Int(range.upperBound)], lowercased)
    }
}
