/// Newline-delimited JSON: a text a line.
package enum NDJSON {
    /// Whether there is more behind the end of the first value.
    package static func mayBe(_ text: Span<UInt8>) -> Bool {
        var scan = JSONScan(from: JSONDocument.start(of: text))
        return scan.value(in: text) != nil && scan.next(in: text) != nil
    }

    /// The lines as the elements of one JSON array, each on its line as before; empty lines are left out.
    package static func array(_ text: Span<UInt8>) -> [UInt8] {
        var array: [UInt8] = [UInt8(ascii: "[")]
        array.reserveCapacity(text.count + text.count / 16 + 2)
        var isFirst = true
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
            if (start..<end).contains(where: { !JSONSyntax.isSpace(text[$0]) }) {
                if !isFirst { array += [UInt8(ascii: ","), UInt8(ascii: "\n")] }
                for index in start..<end { array.append(text[index]) }
                isFirst = false
            }
            start = end + 1
        }
        array.append(UInt8(ascii: "]"))
        return array
    }
}
