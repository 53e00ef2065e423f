extension Table {
    /// Reads numbers from a CSV text (RFC 4180) whose separator is `,`, `;` or a tab.
    ///
    /// The first record is a header if any field of it is neither a number nor empty. Errors stand at
    /// `row:41/column:age`, where rows are the rows of data and the first one is 1, or at `header/column:3`. When
    /// `newlinesMayBeGone`, as from `curl -d @file`, a text of one line is an error with a hint, unless it is one number.
    package init(
        csv text: Span<UInt8>, newlinesMayBeGone: Bool = false, columnLimit: Int = 1024
    ) throws(FormatError) {
        var reader = CSVTableReader(text, columnLimit: columnLimit)
        try reader.readHeader(in: text, newlinesMayBeGone: newlinesMayBeGone)
        let columns = zip(reader.names, try reader.readRows(in: text)).map { Column(name: $0, values: $1) }
        let headless: Orientation = columns.count == 1 ? .numbers : .rows
        self.init(columns: columns, orientation: reader.hasHeader ? .records : headless)
    }

    /// The same, of an array.
    package init(csv bytes: [UInt8], newlinesMayBeGone: Bool = false, columnLimit: Int = 1024) throws(FormatError) {
        try self.init(csv: bytes.span, newlinesMayBeGone: newlinesMayBeGone, columnLimit: columnLimit)
    }
}
