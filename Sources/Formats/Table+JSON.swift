extension Table {
    /// Reads an array of numbers, of arrays of numbers or of objects of numbers.
    ///
    /// - Parameter pointer: where the element stands in its text, for errors.
    package init(_ element: JSONElement, at pointer: String) throws(FormatError) {
        guard element.kind == .array else {
            throw FormatError(.invalidData, at: pointer, "must be an array of numbers, of arrays or of objects")
        }
        // Most data are numbers alone, and are not taken apart first.
        var numbers: [Double] = []
        let count = element.count
        guard count > 0 else { throw FormatError(.invalidData, at: pointer, "holds no rows") }
        let found = element.appendNumbers(to: &numbers)
        if found == count {
            self.init(columns: [Column(name: "x", values: numbers)], orientation: .numbers)
            return
        }
        guard found == 0, let rows = element.array else {
            throw FormatError(.invalidData, at: "\(pointer)/\(found)", "must be a number, as the rows before it are")
        }
        switch rows[0].kind {
        case .array: try self.init(rows: rows, at: pointer)
        case .object: try self.init(records: rows, at: pointer)
        case let kind:
            throw FormatError(
                .invalidData, at: "\(pointer)/0", "must be a number, an array or an object, and is \(kind.words)")
        }
    }

    private init(rows: [JSONElement], at pointer: String) throws(FormatError) {
        let width = rows[0].count
        guard width > 0 else { throw FormatError(.invalidData, at: "\(pointer)/0", "holds no numbers") }
        var columns = [[Double]](repeating: [], count: width)
        for index in columns.indices { columns[index].reserveCapacity(rows.count) }
        var values: [Double] = []
        for (index, row) in rows.enumerated() {
            guard row.kind == .array else {
                throw FormatError(.invalidData, at: "\(pointer)/\(index)", "must be an array, as the rows before it are")
            }
            let count = row.count
            guard count == width else {
                throw FormatError(
                    .invalidData, at: "\(pointer)/\(index)", "holds \(count) numbers where the first row holds \(width)")
            }
            values.removeAll(keepingCapacity: true)
            let found = row.appendNumbers(to: &values)
            guard found == width else {
                throw FormatError(.invalidData, at: "\(pointer)/\(index)/\(found)", "must be a number")
            }
            for column in 0..<width { columns[column].append(values[column]) }
        }
        self.init(
            columns: zip(Table.names(width), columns).map { Column(name: $0, values: $1) }, orientation: .rows)
    }

    private init(records: [JSONElement], at pointer: String) throws(FormatError) {
        let names = (records[0].object ?? []).map(\.name)
        guard !names.isEmpty else { throw FormatError(.invalidData, at: "\(pointer)/0", "holds no columns") }
        guard Set(names).count == names.count else {
            throw FormatError(.invalidData, at: "\(pointer)/0", "names a column twice")
        }
        let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        var columns = [[Double]](repeating: [], count: names.count)
        for (index, record) in records.enumerated() {
            guard let members = record.object else {
                throw FormatError(.invalidData, at: "\(pointer)/\(index)", "must be an object, as the rows before it are")
            }
            guard members.count == names.count else {
                throw FormatError(
                    .invalidData, at: "\(pointer)/\(index)",
                    "has \(members.count) members where the first row has \(names.count)")
            }
            for (name, value) in members {
                let place = "\(pointer)/\(index)/\(JSONPointer.escaped(name))"
                guard let position = positions[name] else {
                    throw FormatError(.invalidData, at: place, "is not a column of the first row")
                }
                guard let number = value.number else { throw FormatError(.invalidData, at: place, "must be a number") }
                guard columns[position].count == index else {
                    throw FormatError(.invalidData, at: place, "is given twice")
                }
                columns[position].append(number)
            }
        }
        self.init(columns: zip(names, columns).map { Column(name: $0, values: $1) }, orientation: .records)
    }

    /// What columns are called that come without names.
    static func names(_ count: Int) -> [String] { count == 1 ? ["x"] : (1...count).map { "x\($0)" } }
}

/// RFC 6901.
package enum JSONPointer {
    package static func escaped(_ name: String) -> String {
        var result = ""
        for character in name {
            switch character {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.append(character)
            }
        }
        return result
    }
}

extension JSONElement.Kind {
    /// What the kind is called in a sentence.
    package var words: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
