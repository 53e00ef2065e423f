extension Table {
    /// Reads a CSV text (RFC 4180) whose separator is `,`, `;` or a tab.
    ///
    /// The first record is a header if any field of it is neither a number nor empty. A column of numbers is one whose
    /// every field is a number or stands for a missing value (nothing, `NA`, `NaN`, `null` and the like); any other is
    /// one of texts, unless all but a few of its fields are numbers, which is an error. Errors stand at
    /// `row:41/column:age`, where rows are the rows of data and the first one is 1, or at `header/column:3`. When
    /// `newlinesMayBeGone`, as from `curl -d @file`, a text of one line is an error with a hint, unless it is one number.
    ///
    /// - Parameter asTexts: the names of columns that are to be texts whatever is in them.
    package init(
        csv bytes: [UInt8], newlinesMayBeGone: Bool = false, columnLimit: Int = 1024, asTexts: Set<String> = []
    ) throws(FormatError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw FormatError(
                .invalidCSV, "the text is UTF-16", hint: "convert it to UTF-8: iconv -f UTF-16 -t UTF-8")
        }
        let text = bytes.span
        var reader = CSVTableReader(text, columnLimit: columnLimit)
        try reader.readHeader(in: text, newlinesMayBeGone: newlinesMayBeGone)
        let columns = try reader.readColumns(in: text, asTexts: asTexts)
        let isNumbers = columns.count == 1 && columns[0].texts == nil
        self.init(columns: columns, orientation: reader.hasHeader ? .records : isNumbers ? .numbers : .rows)
    }
}
