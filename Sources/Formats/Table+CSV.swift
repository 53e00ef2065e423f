extension Table {
    /// Reads columns of numbers from CSV.
    ///
    /// The first record is a header if a field of it is no number; otherwise the columns are called x, or x1, x2 and so
    /// on. Errors name data rows, counted from 1 behind the header.
    package init(csv bytes: [UInt8]) throws(FormatError) {
        guard !bytes.contains(0) else { throw FormatError(.invalidCSV, "the text holds a NUL byte") }
        var reader = CSVReader(bytes)
        var fields: [ArraySlice<UInt8>] = []
        guard try reader.next(&fields), !(fields.count == 1 && fields[0].isEmpty) else {
            throw FormatError(.invalidCSV, "the text is empty")
        }
        let first = fields.map(Table.number)
        let hasHeader = first.contains { $0 == nil }
        let names = hasHeader ? try Table.header(fields) : Table.names(fields.count)
        var columns = [[Double]](repeating: [], count: names.count)
        var row = 0
        var isPending = !hasHeader
        if !isPending { isPending = try reader.next(&fields) }
        while isPending {
            row += 1
            let isBlank = fields.count == 1 && fields[0].isEmpty
            if isBlank {
                guard try !reader.next(&fields) else { throw FormatError(.invalidCSV, at: "row:\(row)", "is empty") }
                break
            }
            guard fields.count == names.count else {
                throw FormatError(
                    .invalidCSV, at: "row:\(row)", "has \(fields.count) fields where \(names.count) are expected")
            }
            for (column, field) in fields.enumerated() {
                guard let number = Table.number(field) else {
                    throw FormatError(
                        .invalidData, at: "row:\(row)/column:\(names[column])",
                        field.isEmpty ? "is empty" : "is not a finite number")
                }
                columns[column].append(number)
            }
            isPending = try reader.next(&fields)
        }
        guard !columns[0].isEmpty else {
            throw FormatError(
                .invalidData, "the CSV has a header and no rows",
                hint: "if it came from `curl -d @file`, use --data-binary @file: -d takes the newlines out")
        }
        self.init(
            columns: zip(names, columns).map { Column(name: $0, values: $1) },
            orientation: hasHeader ? .records : names.count == 1 ? .numbers : .rows)
    }

    private static func header(_ fields: [ArraySlice<UInt8>]) throws(FormatError) -> [String] {
        var names: [String] = []
        for (index, field) in fields.enumerated() {
            guard let name = String(validating: field, as: UTF8.self) else {
                throw FormatError(.invalidCSV, at: "row:0/column:\(index + 1)", "the column's name is not UTF-8")
            }
            guard !name.isEmpty else {
                throw FormatError(.invalidCSV, at: "row:0/column:\(index + 1)", "the column has no name")
            }
            guard !names.contains(name) else {
                throw FormatError(.invalidCSV, at: "row:0/column:\(index + 1)", "the column's name is given twice")
            }
            names.append(name)
        }
        return names
    }

    /// A field as a number; spaces around it and a plus before it are passed over.
    private static func number(_ field: ArraySlice<UInt8>) -> Double? {
        var field = field
        while let byte = field.first, byte == 0x20 || byte == 0x09 { field.removeFirst() }
        while let byte = field.last, byte == 0x20 || byte == 0x09 { field.removeLast() }
        if field.first == UInt8(ascii: "+"), field.dropFirst().first != UInt8(ascii: "-") { field.removeFirst() }
        return decimal(field)
    }
}
