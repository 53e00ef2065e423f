/// Types the fields of a CSV text as numbers and puts them into columns.
struct CSVTableReader {
    private let columnLimit: Int
    private var tokenizer: CSVTokenizer
    private(set) var names: [String] = []
    private(set) var hasHeader = false

    init(_ bytes: Span<UInt8>, columnLimit: Int) {
        self.columnLimit = columnLimit
        // A byte order mark, which spreadsheets write.
        let isMarked = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        let start = isMarked ? 3 : 0
        tokenizer = CSVTokenizer(separator: CSVTokenizer.separator(in: bytes, from: start), from: start)
    }

    /// Names the columns after the first record, and stays before it unless it is a header.
    mutating func readHeader(in bytes: Span<UInt8>, newlinesMayBeGone: Bool) throws(FormatError) {
        let start = tokenizer
        var fields: [CSVTokenizer.Field] = []
        repeat {
            guard fields.count < columnLimit else {
                throw FormatError(.invalidData, at: "header", "there are more than \(columnLimit) columns")
            }
            fields.append(try nextField(in: bytes, at: "header/column:\(fields.count + 1)"))
        } while !fields[fields.count - 1].endsRecord
        let isOneLine = tokenizer.position == bytes.count && !Self.endsInNewline(bytes)
        let hint = newlinesMayBeGone && isOneLine ? FormatError.newlinesHint : nil
        if let hint, fields.count > 1 {
            throw FormatError(.invalidCSV, "there is a single line of \(fields.count) fields", hint: hint)
        }
        if fields[0].isEmptyLine {
            guard Self.isBlank(bytes, from: tokenizer.position) else {
                throw FormatError(.invalidCSV, at: "row:1", "the line is empty")
            }
            throw FormatError(.invalidData, "there are no rows")
        }
        hasHeader = fields.contains { field in
            !CSVNumber.trim(field.range, in: bytes).isEmpty && CSVNumber.value(of: field.range, in: bytes) == nil
                && !CSVNumber.isNotFinite(field.range, in: bytes)
        }
        guard hasHeader else {
            names = Table.defaultNames(count: fields.count)
            tokenizer = start
            return
        }
        names = try Self.names(of: fields, in: bytes)
        guard !Self.isBlank(bytes, from: tokenizer.position) else {
            throw FormatError(.invalidData, "there is a header and no row", hint: hint)
        }
    }

    mutating func readRows(in bytes: Span<UInt8>) throws(FormatError) -> [[Double]] {
        let width = names.count
        var transposer = Transposer(width: width)
        let blockCount = transposer.block.count
        var filled = 0
        while tokenizer.position < bytes.count {
            for column in 0..<width {
                let field: CSVTokenizer.Field
                do throws(CSVTokenizer.Fault) {
                    field = try tokenizer.next(in: bytes)
                } catch {
                    throw explain(error, at: place(transposer.rowCount + filled / width, column))
                }
                guard field.endsRecord == (column == width - 1), let value = CSVNumber.value(of: field.range, in: bytes)
                else {
                    let row = transposer.rowCount + filled / width
                    if column == 0, field.isEmptyLine, Self.isBlank(bytes, from: tokenizer.position) {
                        transposer.flush(rows: filled / width)
                        return transposer.columns
                    }
                    throw fault(field, row: row, column: column, in: bytes)
                }
                transposer.block[filled + column] = value
            }
            filled += width
            if filled == blockCount {
                transposer.flush(rows: filled / width)
                filled = 0
            }
        }
        transposer.flush(rows: filled / width)
        return transposer.columns
    }

    /// Why a field did not go into its column. Reads on to the end of the record, to count its fields.
    private mutating func fault(
        _ field: CSVTokenizer.Field, row: Int, column: Int, in bytes: Span<UInt8>
    ) -> FormatError {
        let place = place(row, column)
        if column == 0, field.isEmptyLine { return FormatError(.invalidCSV, at: "row:\(row + 1)", "the line is empty") }
        if CSVNumber.value(of: field.range, in: bytes) == nil {
            return CSVNumber.fault(in: field.range, of: bytes, separator: tokenizer.separator, at: place)
        }
        var count = column + 1
        var last = field
        while !last.endsRecord {
            do throws(CSVTokenizer.Fault) {
                last = try tokenizer.next(in: bytes)
            } catch {
                return explain(error, at: "row:\(row + 1)")
            }
            count += 1
        }
        let expected = "\(names.count) field\(names.count == 1 ? "" : "s")"
        return FormatError(.invalidCSV, at: "row:\(row + 1)", "expected \(expected), got \(count)")
    }

    private func place(_ row: Int, _ column: Int) -> String { "row:\(row + 1)/column:\(names[column])" }

    private static func names(of fields: [CSVTokenizer.Field], in bytes: Span<UInt8>) throws(FormatError) -> [String] {
        var columns: [String: Int] = [:]
        var names: [String] = []
        for (column, field) in fields.enumerated() {
            let place = "header/column:\(column + 1)"
            let range = field.isQuoted ? field.range : CSVNumber.trim(field.range, in: bytes)
            guard let text = String(validating: range.map { bytes[$0] }, as: UTF8.self) else {
                throw FormatError(.invalidCSV, at: place, "the name is not valid UTF-8")
            }
            guard !text.utf8.contains(0) else { throw FormatError(.invalidCSV, at: place, "the name holds a NUL byte") }
            guard !text.isEmpty else { throw FormatError(.invalidData, at: place, "the name is empty") }
            let name =
                field.isQuoted
                ? text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"") : text
            if let twin = columns.updateValue(column, forKey: name) {
                throw FormatError(.invalidData, at: place, "the name is that of column \(twin + 1) too")
            }
            names.append(name)
        }
        return names
    }

    private mutating func nextField(in bytes: Span<UInt8>, at place: String) throws(FormatError) -> CSVTokenizer.Field {
        do throws(CSVTokenizer.Fault) {
            return try tokenizer.next(in: bytes)
        } catch {
            throw explain(error, at: place)
        }
    }

    private func explain(_ fault: CSVTokenizer.Fault, at place: String) -> FormatError {
        let detail =
            switch fault {
            case .strayQuote: "a quote stands inside a field that does not begin with one"
            case .textAfterQuote: "there is text between a closing quote and the end of its field"
            case .unclosedQuote: "a quote is not closed"
            }
        return FormatError(.invalidCSV, at: place, detail)
    }

    private static func isNewline(_ byte: UInt8) -> Bool {
        byte == CSVTokenizer.lineFeed || byte == CSVTokenizer.carriageReturn
    }

    private static func endsInNewline(_ bytes: Span<UInt8>) -> Bool {
        bytes.count > 0 && isNewline(bytes[bytes.count - 1])
    }

    /// Whether nothing but empty lines is left.
    private static func isBlank(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        (start..<bytes.count).allSatisfy { isNewline(bytes[$0]) }
    }
}
