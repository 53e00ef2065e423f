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

    /// The memory of a text in an index, beside its own, and that which is counted at once.
    private static let (textBytes, countedBytes) = (96, 1 << 18)

    /// - Parameter numbers: the values of the rows before, which are all of numbers.
    init(names: [ByteText], numbers: [[Double]]) {
        self.names = names
        places = Dictionary(placesOf: names)
        readings = numbers.map { Reading(kind: $0.isEmpty ? nil : .number, values: $0) }
    }

    /// What has been read.
    var columns: [Column] {
        zip(names, readings).map { name, reading in
            switch reading.kind {
            case .string: Column(name: name, values: reading.values, texts: reading.texts.texts)
            case .boolean: Column(name: name, values: reading.values, texts: Column.booleanTexts, isBoolean: true)
            default: Column(name: name, values: reading.values)
            }
        }
    }

    /// Reads arrays, or objects if the first row is one.
    ///
    /// - Parameters:
    ///   - position: of the first row to read; they go on to the end of what holds it.
    ///   - first: its number.
    /// - Returns: how many rows there were.
    mutating func read(
        _ document: JSONDocument, from position: Int, areObjects: Bool, at pointer: String, first: Int,
        _ meter: inout ReadingMeter
    ) throws(FormatError) -> Int {
        let tape = document.tape
        var place = position
        var (count, uncounted, newBytes) = (0, 0, 0)
        while !tape.isEnd(place) {
            let row = JSONElement(document: document, position: place)
            let pointer = { "\(pointer)/\(first + count)" }
            newBytes += areObjects ? try readObject(row, at: pointer) : try readArray(row, at: pointer)
            place = row.end
            count += 1
            uncounted += 1
            guard uncounted == 4096 || newBytes > Self.countedBytes else { continue }
            try meter.add(rows: uncounted, width: names.count)
            try meter.add(bytes: newBytes)
            (uncounted, newBytes) = (0, 0)
        }
        try meter.add(rows: uncounted, width: names.count)
        try meter.add(bytes: newBytes)
        return count
    }

    private mutating func readArray(_ row: JSONElement, at pointer: () -> String) throws(FormatError) -> Int {
        guard row.kind == .array else { throw mixed(row, "an array", at: pointer()) }
        let tape = row.document.tape
        var place = tape.inside(row.position)
        var (count, newBytes) = (0, 0)
        while !tape.isEnd(place) {
            let element = JSONElement(document: row.document, position: place)
            if count < names.count { newBytes += try append(element, to: count) { "\(pointer())/\(count)" } }
            count += 1
            place = element.end
        }
        guard count == names.count else {
            let expected = "\(names.count) value\(names.count == 1 ? "" : "s")"
            throw FormatError(.invalidData, at: pointer(), "expected \(expected), got \(count)")
        }
        return newBytes
    }

    private mutating func readObject(_ row: JSONElement, at pointer: () -> String) throws(FormatError) -> Int {
        guard row.kind == .object else { throw mixed(row, "an object", at: pointer()) }
        var (count, newBytes) = (0, 0)
        for (key, value) in row.members {
            // Nearly all rows have the keys in the order of the first one.
            let isNext = count < names.count && names[count] == key
            guard let column = isNext ? count : places[key] else {
                throw FormatError(.invalidData, at: pointer() + JSONElement.token(key), "the first row has no such key")
            }
            newBytes += try append(value, to: column) { pointer() + JSONElement.token(key) }
            count += 1
        }
        // No key stands twice in an object, so as many keys are the same keys.
        guard count == names.count else {
            let missing = names.first { name in row.members.allSatisfy { $0.key != name } } ?? names[0]
            throw FormatError(
                .invalidData, at: pointer() + JSONElement.token(missing),
                "the key of the first row is missing; null stands for a missing value")
        }
        return newBytes
    }

    private mutating func append(
        _ element: JSONElement, to column: Int, at place: () -> String
    ) throws(FormatError) -> Int {
        guard element.kind != .null else {
            readings[column].values.append(.nan)
            return 0
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
            let known = readings[column].texts.count
            let place = element.document.tape.place(at: element.position, in: &readings[column].texts)
            readings[column].values.append(Double(place))
            if place == known { return 2 * (element.string?.utf8.count ?? 0) + Self.textBytes }
        }
        return 0
    }

    private func mixed(_ element: JSONElement, _ expected: String, at pointer: String) -> FormatError {
        FormatError(
            .invalidData, at: pointer, "\(expected) is expected, as in the first row, not \(element.kind.noun)")
    }
}
