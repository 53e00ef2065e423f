/// Writes the rows of a table as elements of a JSON array, without its brackets; `null` for what is missing.
package struct JSONRowWriter: TableWriter {
    private var isFirst = true
    /// What stands between two rows: a newline for NDJSON, whose rows are texts of their own.
    private let separator: [UInt8]

    package init(separator: String = ",") { self.separator = Array(separator.utf8) }

    package mutating func append(_ piece: Table, to bytes: inout [UInt8]) {
        guard piece.rowCount > 0 else { return }
        let prefixes: [[UInt8]]
        let suffix: String
        switch piece.orientation {
        case .numbers: (prefixes, suffix) = ([[]], "")
        case .rows: (prefixes, suffix) = (piece.columns.indices.map { Array(($0 == 0 ? "[" : ",").utf8) }, "]")
        case .records: (prefixes, suffix) = (Self.keys(piece.names), "}")
        }
        RowLayout(
            prefixes: prefixes, suffix: Array(suffix.utf8), separator: separator, absent: Array("null".utf8),
            write: Self.literal
        ).append(piece, to: &bytes, isFirst: isFirst)
        isFirst = false
    }

    private static func literal(_ text: ByteText, in column: Column) -> [UInt8] {
        guard !column.isBoolean else { return Array(text.utf8) }
        var writer = JSONWriter()
        writer.value(text)
        return writer.bytes
    }

    private static func keys(_ names: [ByteText]) -> [[UInt8]] {
        names.enumerated().map { index, name in
            var writer = JSONWriter()
            writer.key(name)
            return [UInt8(ascii: index == 0 ? "{" : ",")] + writer.bytes
        }
    }
}
