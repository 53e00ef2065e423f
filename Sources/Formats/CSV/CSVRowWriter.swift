/// Writes a table as CSV (RFC 4180): a header, then the rows; nothing for what is missing, but quotes where nothing
/// would be an empty line.
///
/// Lines end with LF, as those of most tools do, where RFC 4180 section 2.1 has CRLF.
package struct CSVRowWriter: TableWriter {
    private var isFirst = true

    package init() {}

    package mutating func append(_ piece: Table, to bytes: inout [UInt8]) {
        if isFirst {
            bytes += piece.names.map(Self.quoted).joined(separator: ",").utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        let prefixes = piece.columns.indices.map { Array(($0 == 0 ? "" : ",").utf8) }
        RowLayout(
            prefixes: prefixes, suffix: Array("\n".utf8), separator: [],
            absent: Array((piece.columns.count == 1 ? "\"\"" : "").utf8),
            write: { text, _ in Array(Self.quoted(text).utf8) }
        ).append(piece, to: &bytes, isFirst: isFirst)
        isFirst = false
    }

    /// Sections 2.6 and 2.7. Blanks at the ends, the separators that a reader may guess, and what it may take for a gap
    /// are quoted too.
    private static func quoted(_ text: String) -> String {
        let special = text.utf8.contains { "\",;\t\r\n".utf8.contains($0) }
        let isBlank = text.isEmpty || text.hasPrefix(" ") || text.hasSuffix(" ")
        guard special || isBlank || CSVColumnReading.isAbsence(text) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
