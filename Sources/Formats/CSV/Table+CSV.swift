extension Table {
    /// Reads a CSV text (RFC 4180) whose separator is `,`, `;` or a tab.
    ///
    /// The first record is a header if any field of it is neither a number nor empty. A column of numbers is one whose
    /// every field is a number or stands for a missing value (nothing, `NA`, `NaN`, `null` and the like); any other is
    /// one of texts, unless all but a few of its fields are numbers, which is an error. Errors stand at
    /// `row:41/column:age`, where rows are the rows of data and the first one is 1, or at `header/column:3`. When
    /// `newlinesMayBeGone`, as from `curl -d @file`, a text of one line is an error with a hint, unless it is one number.
    ///
    /// - Parameters:
    ///   - asTexts: the names of columns that are to be texts whatever is in them.
    ///   - asNumbers: the names of columns whose digits are to be numbers, however many there are. A first record of all
    ///     these names and those of `asTexts` is a header whatever they look like.
    ///   - whenRead: is told of bytes that have been read, some millions at a time; few of them are looked at again.
    package init(
        csv text: Span<UInt8>, newlinesMayBeGone: Bool = false, limits: ReadingLimits = ReadingLimits(),
        asTexts: Set<ByteText> = [], asNumbers: Set<ByteText> = [], whenRead: (Range<Int>) -> Void = { _ in }
    ) throws(FormatError) {
        if text.count >= 2, text[0] ^ text[1] == 1, text[0] >= 0xFE {
            throw FormatError(
                .invalidCSV, "the text is UTF-16", hint: "convert it to UTF-8: iconv -f UTF-16 -t UTF-8")
        }
        var reader = CSVTableReader(text, limits: limits, asTexts: asTexts, asNumbers: asNumbers)
        try reader.readHeader(in: text, newlinesMayBeGone: newlinesMayBeGone)
        let columns = try reader.readColumns(in: text, whenRead: whenRead)
        let isNumbers = columns.count == 1 && columns[0].texts == nil && !columns[0].values.contains(where: \.isNaN)
        self.init(columns: columns, orientation: reader.hasHeader ? .records : isNumbers ? .numbers : .rows)
    }

    /// The same, of an array.
    package init(
        csv bytes: [UInt8], newlinesMayBeGone: Bool = false, limits: ReadingLimits = ReadingLimits(),
        asTexts: Set<ByteText> = [], asNumbers: Set<ByteText> = []
    ) throws(FormatError) {
        try self.init(
            csv: bytes.span, newlinesMayBeGone: newlinesMayBeGone, limits: limits, asTexts: asTexts,
            asNumbers: asNumbers)
    }
}
