extension Table {
    /// Reads an array of numbers, of arrays, or of objects with the keys of the first one.
    ///
    /// What stands in arrays and objects is numbers, strings or booleans, one kind a column, or null for a missing value.
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
    static func defaultNames(count: Int) -> [ByteText] {
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
        of json: JSONElement, like first: JSONElement, names: [ByteText], at pointer: String
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
            var typed = JSONTypedRows(names: names)
            return try typed.read(json, areObjects: first.kind == .object, at: pointer)
        }
        return zip(names, transposer.columns).map { Column(name: $0, values: $1) }
    }
}
