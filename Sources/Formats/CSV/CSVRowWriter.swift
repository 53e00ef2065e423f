/// Writes a table as CSV (RFC 4180): a header, then the rows; nothing for what is missing, but quotes where nothing
/// would be an empty line.
///
/// Lines end with LF, as those of most tools do, where RFC 4180 section 2.1 has CRLF.
package struct CSVRowWriter: TableWriter {
    private var isFirst = true

    package init() {}

    package mutating func append(_ piece: Table, to bytes: inout [UInt8]) {
        if isFirst {
            bytes += piece.names.map(Self.quoted).joined(separator: CollectionOfOne(UInt8(ascii: ",")))
            bytes.append(UInt8(ascii: "\n"))
        }
        let prefixes = piece.columns.indices.map { Array(($0 == 0 ? "" : ",").utf8) }
        RowLayout(
            prefixes: prefixes, suffix: Array("\n".utf8), separator: [],
            absent: Array((piece.columns.count == 1 ? "\"\"" : "").utf8),
            write: { text, _ in Self.quoted(text) }
        ).append(piece, to: &bytes, isFirst: isFirst)
        isFirst = false
    }

    /// Sections 2.6 and 2.7. Blanks at the ends, the separators that a reader may guess, a byte order mark, NUL and what it
    /// may take for a gap are quoted too.
    private static func quoted(_ text: ByteText) -> [UInt8] {
        let bytes = Array(text.utf8)
        let blank = UInt8(ascii: " ")
        let isSpecial = bytes.contains { "\",;\t\r\n\0".utf8.contains($0) } || bytes.starts(with: byteOrderMark)
        guard isSpecial || bytes.first ?? blank == blank || bytes.last == blank || CSVColumnReading.isAbsence(bytes)
        else {
            return bytes
        }
        // Byte by byte: what follows may make one character of a quote and of itself.
        let quote = CSVTokenizer.quote
        return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
