/// Writes the rows of tables one table after another, so that a stream holds no more than one piece.
package struct RowWriter: Sendable {
    package enum Format: Sendable {
        /// The elements of a JSON array, without its brackets.
        case json(Table.Orientation)
        /// RFC 4180, but lines end in LF alone, as most tools write them.
        case csv
    }

    private let format: Format
    private var rows = 0
    private var quotedNames: [[UInt8]] = []

    package init(_ format: Format) { self.format = format }

    /// Appends the rows of a table; all tables of a writer have the same columns.
    package mutating func append(_ table: Table, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + table.rowCount * table.columns.count * 12)
        switch format {
        case .json(let orientation): appendJSON(table, orientation, to: &bytes)
        case .csv: appendCSV(table, to: &bytes)
        }
        rows += table.rowCount
    }

    private mutating func appendJSON(_ table: Table, _ orientation: Table.Orientation, to bytes: inout [UInt8]) {
        if quotedNames.isEmpty, orientation == .records {
            quotedNames = table.names.map { name in
                var quoted: [UInt8] = []
                Formats.append(quoted: name, to: &quoted)
                return quoted + [UInt8(ascii: ":")]
            }
        }
        for row in 0..<table.rowCount {
            if rows + row > 0 { bytes.append(UInt8(ascii: ",")) }
            switch orientation {
            case .numbers: break
            case .rows: bytes.append(UInt8(ascii: "["))
            case .records: bytes.append(UInt8(ascii: "{"))
            }
            for (index, column) in table.columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                if orientation == .records { bytes.append(contentsOf: quotedNames[index]) }
                Formats.append(column.values[row], decimals: column.decimals, to: &bytes)
            }
            switch orientation {
            case .numbers: break
            case .rows: bytes.append(UInt8(ascii: "]"))
            case .records: bytes.append(UInt8(ascii: "}"))
            }
        }
    }

    private func appendCSV(_ table: Table, to bytes: inout [UInt8]) {
        if rows == 0 {
            bytes.append(contentsOf: table.names.map(Self.csvField).joined(separator: ",").utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        for row in 0..<table.rowCount {
            for (index, column) in table.columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Formats.append(column.values[row], decimals: column.decimals, to: &bytes)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    private static func csvField(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
