/// Writes the rows of a table as elements of a JSON array, without its brackets; `null` for what is not finite.
package struct JSONRowWriter: TableWriter {
    private var isFirst = true

    package init() {}

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
            prefixes: prefixes, suffix: Array(suffix.utf8), separator: Array(",".utf8), absent: Array("null".utf8)
        ).append(piece, to: &bytes, isFirst: isFirst)
        isFirst = false
    }

    private static func keys(_ names: [String]) -> [[UInt8]] {
        names.enumerated().map { index, name in
            var writer = JSONWriter()
            writer.key(name)
            return [UInt8(ascii: index == 0 ? "{" : ",")] + writer.bytes
        }
    }
}
