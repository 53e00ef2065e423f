/// Types the fields of a CSV text as numbers or texts and puts them into columns.
struct CSVTableReader {
    private let limits: ReadingLimits
    private let asTexts: Set<ByteText>
    private let asNumbers: Set<ByteText>
    private var meter: ReadingMeter
    private var tokenizer: CSVTokenizer
    private(set) var names: [ByteText] = []
    private(set) var hasHeader = false
    private var readings: [CSVColumnReading] = []
    /// How far `whenRead` has been told.
    private var told = 0

    init(_ bytes: Span<UInt8>, limits: ReadingLimits, asTexts: Set<ByteText>, asNumbers: Set<ByteText>) {
        self.limits = limits
        self.asTexts = asTexts
        self.asNumbers = asNumbers
        meter = ReadingMeter(limits)
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
            guard fields.count < limits.columns else {
                throw FormatError(.invalidData, at: "header", "there are more than \(limits.columns) columns")
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
        if !hasHeader { hasHeader = isOfKnownNames(fields, in: bytes) }
        readings = fields.map { _ in CSVColumnReading() }
        guard hasHeader else {
            names = Table.defaultNames(count: fields.count)
            tokenizer = start
            return
        }
        names = try names(of: fields, in: bytes)
        guard !Self.isBlank(bytes, from: tokenizer.position) else {
            throw FormatError(.invalidData, "there is a header and no row", hint: hint)
        }
    }

    /// Whether the first record holds the names of all columns that are known, even if they look like numbers.
    private func isOfKnownNames(_ fields: [CSVTokenizer.Field], in bytes: Span<UInt8>) -> Bool {
        let known = asTexts.union(asNumbers)
        guard known.count == fields.count else { return false }
        return Set(fields.map { Self.name($0, in: bytes) ?? "" }) == known
    }

    /// The columns: numbers, except those with a field that is none, and those that are to be texts.
    ///
    /// - Parameter whenRead: is told of bytes that have been read, some millions at a time.
    mutating func readColumns(
        in bytes: Span<UInt8>, whenRead: (Range<Int>) -> Void
    ) throws(FormatError) -> [Column] {
        let start = tokenizer
        var numbers = try readNumbers(in: bytes, whenRead)
        var isText = [Bool](repeating: false, count: names.count)
        for column in names.indices {
            let isForced = asTexts.contains(names[column])
            isText[column] = isForced ? true : try isOfTexts(column, rows: numbers[0].count)
        }
        guard isText.contains(true) else { return zip(names, numbers).map { Column(name: $0, values: $1) } }
        tokenizer = start
        told = start.position
        let texts = try readTexts(in: bytes, columns: isText, into: &numbers, whenRead)
        return names.indices.map { Column(name: names[$0], values: numbers[$0], texts: texts[$0]) }
    }

    /// Reads every field as a number; NaN where it is none, with a note of it.
    private mutating func readNumbers(
        in bytes: Span<UInt8>, _ whenRead: (Range<Int>) -> Void
    ) throws(FormatError) -> [[Double]] {
        let width = names.count
        var transposer = Transposer(width: width, rowCapacity: rowEstimate(in: bytes))
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
                let value = CSVNumber.value(of: field.range, in: bytes)
                guard field.endsRecord == (column == width - 1), column > 0 || !field.isEmptyLine else {
                    if column == 0, field.isEmptyLine, Self.isBlank(bytes, from: tokenizer.position) {
                        try meter.add(rows: filled / width, width: width)
                        transposer.flush(rows: filled / width)
                        return transposer.columns
                    }
                    throw fault(field, row: transposer.rowCount + filled / width, column: column, in: bytes)
                }
                if let value {
                    readings[column].note(value, field.range, in: bytes)
                } else {
                    let row = transposer.rowCount + filled / width
                    if let detail = readings[column].note(field, row: row, in: bytes) {
                        throw FormatError(.invalidCSV, at: place(row, column), detail)
                    }
                }
                transposer.block[filled + column] = value ?? .nan
            }
            filled += width
            if filled == blockCount {
                try meter.add(rows: filled / width, width: width)
                transposer.flush(rows: filled / width)
                filled = 0
                tell(whenRead)
            }
        }
        try meter.add(rows: filled / width, width: width)
        transposer.flush(rows: filled / width)
        return transposer.columns
    }

    private mutating func tell(_ whenRead: (Range<Int>) -> Void) {
        guard tokenizer.position - told >= Self.toldBytes else { return }
        whenRead(told..<tokenizer.position)
        told = tokenizer.position
    }

    private static let toldBytes = 1 << 24

    /// About how many rows are left, by the length of the next ones: room that columns need not grow into by copies.
    private func rowEstimate(in bytes: Span<UInt8>) -> Int {
        let start = tokenizer.position
        let end = min(bytes.count, start + Self.estimatedBytes)
        let lines = (start..<end).count { bytes[$0] == CSVTokenizer.lineFeed }
        guard lines > 0 else { return 0 }
        let rows = (bytes.count - start) / max((end - start) / lines, 2 * names.count - 1) * 17 / 16 + 1
        return min(rows, meter.roomForRows(width: names.count))
    }

    private static let estimatedBytes = 65_536
    /// The bytes of new texts that are counted together, and those that each takes beside its own.
    private static let (countedBytes, indexedBytes) = (1 << 20, 32)

    /// Whether a column is one of texts.
    ///
    /// - Throws: where a column of numbers has a few fields that are none, which is a slip more often than a category.
    private func isOfTexts(_ column: Int, rows: Int) throws(FormatError) -> Bool {
        let reading = readings[column]
        guard let first = reading.firstText else {
            guard let infinity = reading.firstInfinity else {
                return reading.isOfCodes && !asNumbers.contains(names[column])
            }
            throw FormatError(.invalidData, at: place(infinity.row, column), "the number is not finite")
        }
        if reading.texts == reading.decimalCommas, tokenizer.separator != UInt8(ascii: ",") {
            throw FormatError(
                .invalidData, at: place(first.row, column), "the field is not a number",
                hint: "write decimals with a point, not a comma")
        }
        let numbers = rows - reading.missing - reading.texts
        guard numbers < 20 || numbers < 10 * reading.texts else {
            throw FormatError(
                .invalidData, at: place(first.row, column), "the field is not a number, as most of its column are",
                hint: "types=\(names[column]):category reads the column as texts")
        }
        return true
    }

    /// Reads once more the columns that are of texts, and overwrites what was read as numbers: what is missing is NaN
    /// already. The first reading has checked what there is to check.
    private mutating func readTexts(
        in bytes: Span<UInt8>, columns isText: [Bool], into values: inout [[Double]],
        _ whenRead: (Range<Int>) -> Void
    ) throws(FormatError) -> [TextList?] {
        var indices = [TextIndex](repeating: TextIndex(), count: names.count)
        var counts = [Int](repeating: 0, count: names.count)
        var newBytes = 0
        for row in 0..<values[0].count {
            if row.isMultiple(of: 4096) || newBytes > Self.countedBytes {
                tell(whenRead)
                try meter.add(bytes: newBytes)
                newBytes = 0
            }
            for column in names.indices {
                let field: CSVTokenizer.Field
                do throws(CSVTokenizer.Fault) {
                    field = try tokenizer.next(in: bytes)
                } catch {
                    throw explain(error, at: place(row, column))
                }
                guard isText[column], !CSVColumnReading.isMissing(field, in: bytes) else { continue }
                let range = field.isQuoted ? field.range : CSVNumber.trim(field.range, in: bytes)
                let place = indices[column].place(of: range, in: bytes)
                values[column][row] = Double(place)
                if place == counts[column] {
                    counts[column] += 1
                    newBytes += range.count + Self.indexedBytes
                }
            }
        }
        try meter.add(bytes: newBytes)
        return names.indices.map { column in
            defer { indices[column] = TextIndex() }
            return isText[column] ? indices[column].unquotedTexts : nil
        }
    }

    /// Why a record is not as wide as it should be. Reads on to its end, to count its fields.
    private mutating func fault(
        _ field: CSVTokenizer.Field, row: Int, column: Int, in bytes: Span<UInt8>
    ) -> FormatError {
        if column == 0, field.isEmptyLine { return FormatError(.invalidCSV, at: "row:\(row + 1)", "the line is empty") }
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

    private func names(of fields: [CSVTokenizer.Field], in bytes: Span<UInt8>) throws(FormatError) -> [ByteText] {
        var columns: [ByteText: Int] = [:]
        var names: [ByteText] = []
        for (column, field) in fields.enumerated() {
            let place = "header/column:\(column + 1)"
            guard field.range.count <= CSVColumnReading.longest else {
                throw FormatError(.invalidCSV, at: place, "the name has more than \(CSVColumnReading.longest) bytes")
            }
            guard let name = Self.name(field, in: bytes) else {
                throw FormatError(.invalidCSV, at: place, "the name is not valid UTF-8")
            }
            guard field.isQuoted || !name.utf8.contains(0) else {
                throw FormatError(.invalidCSV, at: place, "the name holds a NUL byte")
            }
            guard !name.isEmpty || asTexts.contains(name) || asNumbers.contains(name) else {
                throw FormatError(.invalidData, at: place, "the name is empty")
            }
            if let twin = columns.updateValue(column, forKey: name) {
                throw FormatError(.invalidData, at: place, "the name is that of column \(twin + 1) too")
            }
            names.append(name)
        }
        return names
    }

    /// The text of a field of the header; `nil` if it is none.
    private static func name(_ field: CSVTokenizer.Field, in bytes: Span<UInt8>) -> ByteText? {
        let range = field.isQuoted ? field.range : CSVNumber.trim(field.range, in: bytes)
        var text: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            text.append(bytes[index])
            // Two quotes are one.
            index += field.isQuoted && bytes[index] == CSVTokenizer.quote ? 2 : 1
        }
        return String(validating: text, as: UTF8.self).map { ByteText($0) }
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
