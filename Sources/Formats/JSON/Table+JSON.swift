extension Table {
    /// Reads an array of numbers, of arrays of numbers, or of objects of numbers with the keys of the first one.
    /// `pointer` is where `json` stands in its document; errors name the place below it.
    package init(json: JSONElement, at pointer: String, columnLimit: Int = 1024) throws(FormatError) {
        guard json.kind == .array else {
            throw FormatError(
                .invalidData, at: pointer, "an array of numbers, arrays or objects is expected, not \(json.kind.noun)")
        }
        guard let first = json.elements.first(where: { _ in true }) else {
            throw FormatError(.invalidData, at: pointer, "the array is empty")
        }
        switch first.kind {
        case .number:
            let values = try Self.numbers(in: json, at: pointer)
            self.init(columns: [Column(name: "x", values: values)], orientation: .numbers)
        case .array:
            let width = first.elements.reduce(0) { count, _ in count + 1 }
            try Self.check(width: width, limit: columnLimit, at: "\(pointer)/0")
            let names = Self.defaultNames(count: width)
            self.init(columns: try Self.rows(of: json, like: first, names: names, at: pointer), orientation: .rows)
        case .object:
            let width = first.members.reduce(0) { count, _ in count + 1 }
            try Self.check(width: width, limit: columnLimit, at: "\(pointer)/0")
            let names = first.members.map(\.key)
            self.init(columns: try Self.rows(of: json, like: first, names: names, at: pointer), orientation: .records)
        case .string, .boolean, .null:
            throw FormatError(
                .invalidData, at: "\(pointer)/0", "a number, an array or an object is expected, not \(first.kind.noun)")
        }
    }

    /// `x`, or `x1`, `x2` and so on: the names of columns that came without.
    static func defaultNames(count: Int) -> [String] {
        count == 1 ? ["x"] : (1...count).map { "x\($0)" }
    }

    private static func check(width: Int, limit: Int, at pointer: String) throws(FormatError) {
        guard width > 0 else { throw FormatError(.invalidData, at: pointer, "the row is empty") }
        guard width <= limit else {
            throw FormatError(
                .invalidData, at: pointer, "the row has \(width) columns; \(limit) are the most there may be")
        }
    }

    private static func numbers(in json: JSONElement, at pointer: String) throws(FormatError) -> [Double] {
        let tape = json.document.tape
        var position = tape.inside(json.position)
        // A number takes two words of the tape, the end of the array one.
        var values = [Double](repeating: 0, count: (json.end - 1 - position) / 2)
        let count = tape.readNumbers(at: &position, into: &values)
        guard tape.isEnd(position) else {
            let kind = JSONElement(document: json.document, position: position).kind
            throw FormatError(.invalidData, at: "\(pointer)/\(count)", "a number is expected, not \(kind.noun)")
        }
        return values
    }

    private static func rows(
        of json: JSONElement, like first: JSONElement, names: [String], at pointer: String
    ) throws(FormatError) -> [Column] {
        let tape = json.document.tape
        var position = tape.inside(json.position)
        let rowCapacity = (json.end - position) / (first.end - first.position)
        var transposer = Transposer(width: names.count, rowCapacity: rowCapacity)
        var row = 0
        while true {
            let count =
                first.kind == .array
                ? tape.readRows(at: &position, width: names.count, into: &transposer.block)
                : tape.readRecords(at: &position, model: first.position, width: names.count, into: &transposer.block)
            transposer.flush(rows: count)
            row += count
            if count < transposer.blockRows { break }
        }
        guard tape.isEnd(position) else {
            let element = JSONElement(document: json.document, position: position)
            let place = "\(pointer)/\(row)"
            throw first.kind == .array
                ? fault(inRow: element, width: names.count, at: place)
                : fault(inRecord: element, names: names, at: place)
        }
        return zip(names, transposer.columns).map { Column(name: $0, values: $1) }
    }

    private static func fault(inRow row: JSONElement, width: Int, at pointer: String) -> FormatError {
        guard row.kind == .array else { return mixed(row, "an array", at: pointer) }
        var count = 0
        for element in row.elements {
            guard element.kind == .number else {
                return FormatError(
                    .invalidData, at: "\(pointer)/\(count)", "a number is expected, not \(element.kind.noun)")
            }
            count += 1
        }
        return FormatError(.invalidData, at: pointer, "expected \(width) number\(width == 1 ? "" : "s"), got \(count)")
    }

    private static func fault(inRecord record: JSONElement, names: [String], at pointer: String) -> FormatError {
        guard record.kind == .object else { return mixed(record, "an object", at: pointer) }
        let known = Set(names)
        var found: Set<String> = []
        for (key, value) in record.members {
            let place = pointer + JSONElement.token(key)
            guard known.contains(key) else {
                return FormatError(.invalidData, at: place, "the first row has no such key")
            }
            guard value.kind == .number else {
                return FormatError(.invalidData, at: place, "a number is expected, not \(value.kind.noun)")
            }
            found.insert(key)
        }
        guard let missing = names.first(where: { !found.contains($0) }) else {
            return FormatError(.invalidData, at: pointer, "the row cannot be read for lack of memory")
        }
        return FormatError(
            .invalidData, at: pointer + JSONElement.token(missing), "the key of the first row is missing")
    }

    private static func mixed(_ element: JSONElement, _ expected: String, at pointer: String) -> FormatError {
        FormatError(
            .invalidData, at: pointer, "\(expected) is expected, as in the first row, not \(element.kind.noun)")
    }
}
