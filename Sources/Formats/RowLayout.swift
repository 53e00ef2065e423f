/// What stands around the values of a row.
struct RowLayout: Sendable {
    /// Before the value of each column.
    let prefixes: [[UInt8]]
    let suffix: [UInt8]
    let separator: [UInt8]
    /// Instead of a value that is missing.
    let absent: [UInt8]
    /// How a text of a column is written.
    let write: @Sendable (_ text: ByteText, _ column: Column) -> [UInt8]

    /// Appends rows; `isFirst` is whether none came before them.
    func append(_ piece: Table, to bytes: inout [UInt8], isFirst: Bool) {
        // A piece may have few of the texts that its columns know.
        let piece = piece.withoutUnusedTexts
        let values = piece.columns.map(\.values)
        let formats = piece.columns.map { NumberFormat(decimals: $0.decimals) }
        let texts = piece.columns.map { column in column.texts.map { $0.map { write($0, column) } } }
        let longest = texts.map { $0.map { $0.map(\.count).max() ?? 0 } ?? NumberFormat.longest }
        let room = zip(prefixes, longest).reduce(suffix.count + separator.count) {
            $0 + $1.0.count + max($1.1, absent.count)
        }
        // So many rows at a time that the room for the longest values stays small.
        let step = max(1, 65_536 / room)
        for start in stride(from: 0, to: piece.rowCount, by: step) {
            let rows = start..<min(start + step, piece.rowCount)
            var position = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: rows.count * room))
            var span = bytes.mutableSpan
            for row in rows {
                if row > 0 || !isFirst { Self.copy(separator, to: &span, at: &position) }
                for column in values.indices {
                    Self.copy(prefixes[column], to: &span, at: &position)
                    let value = values[column][row]
                    if !value.isFinite {
                        Self.copy(absent, to: &span, at: &position)
                    } else if let texts = texts[column] {
                        Self.copy(texts[Int(value)], to: &span, at: &position)
                    } else {
                        formats[column].write(value, to: &span, at: &position)
                    }
                }
                Self.copy(suffix, to: &span, at: &position)
            }
            bytes.removeLast(bytes.count - position)
        }
    }

    private static func copy(_ text: [UInt8], to bytes: inout MutableSpan<UInt8>, at position: inout Int) {
        for byte in text {
            bytes[position] = byte
            position += 1
        }
    }
}
