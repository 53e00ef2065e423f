/// Reads rows of several kinds of values: numbers, strings, booleans and nulls, each column of one kind.
///
/// Rows of numbers alone have a faster way; this one also explains what was wrong with those.
struct JSONTypedRows {
    private struct Reading {
        var kind: JSONElement.Kind?
        var values: [Double] = []
        var texts = TextIndex()
    }

    private let names: [ByteText]
    private let places: [ByteText: Int]
    private var readings: [Reading]

    init(names: [ByteText]) {
        self.names = names
        places = Dictionary(placesOf: names)
        readings = names.map { _ in Reading() }
    }

    /// The columns of an array of arrays or of objects, as the first of them is.
    mutating func read(_ rows: JSONElement, areObjects: Bool, at pointer: String) throws(FormatError) -> [Column] {
        for (index, row) in rows.elements.enumerated() {
            let place = "\(pointer)/\(index)"
            if areObjects { try readObject(row, at: place) } else { try readArray(row, at: place) }
        }
        return zip(names, readings).map { name, reading in
            switch reading.kind {
            case .string: Column(name: name, values: reading.values, texts: reading.texts.texts)
            case .boolean: Column(name: name, values: reading.values, texts: Column.booleanTexts, isBoolean: true)
            default: Column(name: name, values: reading.values)
            }
        }
    }

    private mutating func readArray(_ row: JSONElement, at pointer: String) throws(FormatError) {
        guard row.kind == .array else { throw mixed(row, "an array", at: pointer) }
        var count = 0
        for element in row.elements {
            if count < names.count { try append(element, to: count) { "\(pointer)/\(count)" } }
            count += 1
        }
        guard count == names.count else {
            let expected = "\(names.count) value\(names.count == 1 ? "" : "s")"
            throw FormatError(.invalidData, at: pointer, "expected \(expected), got \(count)")
        }
    }

    private mutating func readObject(_ row: JSONElement, at pointer: String) throws(FormatError) {
        guard row.kind == .object else { throw mixed(row, "an object", at: pointer) }
        var count = 0
        for (key, value) in row.members {
            // Nearly all rows have the keys in the order of the first one.
            let isNext = count < names.count && names[count] == key
            guard let column = isNext ? count : places[key] else {
                throw FormatError(.invalidData, at: pointer + JSONElement.token(key), "the first row has no such key")
            }
            try append(value, to: column) { pointer + JSONElement.token(key) }
            count += 1
        }
        // No key stands twice in an object, so as many keys are the same keys.
        guard count == names.count else {
            let missing = names.first { name in row.members.allSatisfy { $0.key != name } } ?? names[0]
            throw FormatError(
                .invalidData, at: pointer + JSONElement.token(missing),
                "the key of the first row is missing; null stands for a missing value")
        }
    }

    private mutating func append(
        _ element: JSONElement, to column: Int, at place: () -> String
    ) throws(FormatError) {
        guard element.kind != .null else {
            readings[column].values.append(.nan)
            return
        }
        let kind = readings[column].kind ?? element.kind
        guard kind == element.kind, kind != .array, kind != .object else {
            let expected = [.array, .object].contains(kind) ? "a number, a string, a boolean or null" : kind.noun
            throw FormatError(.invalidData, at: place(), "\(expected) is expected, not \(element.kind.noun)")
        }
        readings[column].kind = kind
        switch kind {
        case .number: readings[column].values.append(element.double ?? .nan)
        case .boolean: readings[column].values.append(element.bool == true ? 1 : 0)
        default:
            let place = element.document.tape.place(at: element.position, in: &readings[column].texts)
            readings[column].values.append(Double(place))
        }
    }

    private func mixed(_ element: JSONElement, _ expected: String, at pointer: String) -> FormatError {
        FormatError(
            .invalidData, at: pointer, "\(expected) is expected, as in the first row, not \(element.kind.noun)")
    }
}
