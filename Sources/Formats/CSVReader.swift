/// Cuts CSV (RFC 4180) into records of fields, without a thought for what the fields mean.
struct CSVReader {
    private let bytes: [UInt8]
    private var index: Int
    let separator: UInt8

    /// The separator is whichever of comma, semicolon and tab the first line holds most of.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in bytes[index...] {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: "\n"), !isQuoted { break }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        separator = candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ",")
    }

    /// Overwrites `fields` with the next record's, quotes taken off.
    ///
    /// - Returns: whether there was one.
    mutating func next(_ fields: inout [ArraySlice<UInt8>]) throws(FormatError) -> Bool {
        fields.removeAll(keepingCapacity: true)
        guard index < bytes.count else { return false }
        while true {
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                fields.append(try quoted())
            } else {
                let start = index
                while index < bytes.count, bytes[index] != separator, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                var end = index
                if end > start, bytes[end - 1] == UInt8(ascii: "\r"), isAtLineEnd { end -= 1 }
                fields.append(bytes[start..<end])
            }
            guard index < bytes.count else { return true }
            index += 1
            if bytes[index - 1] == UInt8(ascii: "\n") { return true }
            // A separator at the very end is followed by one more field, an empty one.
            if index == bytes.count {
                fields.append([])
                return true
            }
        }
    }

    private var isAtLineEnd: Bool { index == bytes.count || bytes[index] == UInt8(ascii: "\n") }

    private mutating func quoted() throws(FormatError) -> ArraySlice<UInt8> {
        index += 1
        let start = index
        var unescaped: [UInt8]?
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\"") else {
                unescaped?.append(byte)
                continue
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                if unescaped == nil { unescaped = Array(bytes[start..<index - 1]) }
                unescaped?.append(byte)
                index += 1
                continue
            }
            let end = index - 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "\r") { index += 1 }
            guard index == bytes.count || bytes[index] == separator || bytes[index] == UInt8(ascii: "\n") else {
                throw FormatError(.invalidCSV, "text follows a closing quote")
            }
            return unescaped.map { $0[...] } ?? bytes[start..<end]
        }
        throw FormatError(.invalidCSV, "a quoted field is not closed")
    }
}
