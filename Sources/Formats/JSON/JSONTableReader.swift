/// Reads the rows of a JSON array: those of a whole document, or of one block of a long text after another.
struct JSONTableReader {
    private enum Kind {
        case unknown, numbers
        /// Rows of numbers alone.
        case plain
        case typed
    }

    private let pointer: String
    private var meter: ReadingMeter
    private var kind = Kind.unknown
    private var numbers: [Double] = []
    private var transposer: Transposer?
    private var typed: JSONTypedRows?
    /// The first row, an array or an object, and the names of its columns.
    private var first: JSONElement?
    private var names: [ByteText] = []
    /// The rows of the blocks so far.
    private var rowCount = 0

    init(at pointer: String, limits: ReadingLimits) {
        self.pointer = pointer
        meter = ReadingMeter(limits)
    }

    /// Reads the elements of an array, which go on where those of the last one ended.
    mutating func read(_ block: JSONElement) throws(FormatError) {
        guard block.kind == .array else {
            throw FormatError(
                .invalidData, at: pointer, "an array of numbers, arrays or objects is expected, not \(block.kind.noun)")
        }
        if kind == .unknown { try begin(block) }
        let (document, start) = (block.document, block.document.tape.inside(block.position))
        switch kind {
        case .unknown: break
        case .numbers: try readNumbers(block)
        case .plain:
            let end = try readPlain(document, from: start)
            guard !document.tape.isEnd(end) else { return }
            kind = .typed
            typed = JSONTypedRows(names: names, numbers: transposer?.columns ?? [])
            transposer = nil
            try readTyped(document, from: end)
        case .typed: try readTyped(document, from: start)
        }
    }

    /// The table of all rows.
    func table() throws(FormatError) -> Table {
        switch kind {
        case .unknown: throw FormatError(.invalidData, at: pointer, "the array is empty")
        case .numbers: return Table(columns: [Column(name: "x", values: numbers)], orientation: .numbers)
        case .plain, .typed:
            let plain = zip(names, transposer?.columns ?? []).map { Column(name: $0, values: $1) }
            return Table(
                columns: typed?.columns ?? plain, orientation: first?.kind == .object ? .records : .rows)
        }
    }

    /// Finds out what the rows are by the first of them.
    private mutating func begin(_ block: JSONElement) throws(FormatError) {
        guard let first = block.elements.first(where: { _ in true }) else { return }
        switch first.kind {
        case .number: kind = .numbers
        case .array, .object:
            let isArray = first.kind == .array
            let width = isArray ? first.elements.count { _ in true } : first.members.count { _ in true }
            guard width > 0 else { throw FormatError(.invalidData, at: "\(pointer)/0", "the row is empty") }
            guard width <= meter.limits.columns else {
                throw FormatError(
                    .invalidData, at: "\(pointer)/0",
                    "the row has \(width) columns; \(meter.limits.columns) are the most there may be")
            }
            names = isArray ? Table.defaultNames(count: width) : first.members.map(\.key)
            // As many as the block would have if all were like the first.
            let likely = (block.end - block.position) / (first.end - first.position)
            transposer = Transposer(width: width, rowCapacity: min(likely, meter.roomForRows(width: width)))
            self.first = first
            kind = .plain
        case .string, .boolean, .null:
            throw FormatError(
                .invalidData, at: "\(pointer)/0", "a number, an array or an object is expected, not \(first.kind.noun)")
        }
    }

    private mutating func readNumbers(_ block: JSONElement) throws(FormatError) {
        let tape = block.document.tape
        var position = tape.inside(block.position)
        // A number takes two words of the tape, the end of the array one.
        let most = (block.end - 1 - position) / 2
        try meter.add(rows: most, width: 1)
        var values = [Double](repeating: 0, count: most)
        let count = tape.readNumbers(at: &position, into: &values)
        guard tape.isEnd(position) else {
            let kind = JSONElement(document: block.document, position: position).kind
            throw FormatError(
                .invalidData, at: "\(pointer)/\(rowCount + count)", "a number is expected, not \(kind.noun)")
        }
        rowCount += count
        if numbers.isEmpty { numbers = values } else { numbers += values }
    }

    /// Reads rows of numbers.
    ///
    /// - Returns: the position of the first row that is not of numbers like the first one, or of the block's end.
    private mutating func readPlain(_ document: JSONDocument, from position: Int) throws(FormatError) -> Int {
        guard let first, var transposer else { return position }
        self.transposer = nil
        defer { self.transposer = transposer }
        let (tape, width) = (document.tape, names.count)
        var position = position
        while true {
            let count =
                first.kind == .array
                ? tape.readRows(at: &position, width: width, into: &transposer.block)
                : tape.readRecords(
                    at: &position, like: first.document.tape, model: first.position, width: width,
                    into: &transposer.block)
            try meter.add(rows: count, width: width)
            transposer.flush(rows: count)
            rowCount += count
            if count < transposer.blockRows { return position }
        }
    }

    private mutating func readTyped(_ document: JSONDocument, from position: Int) throws(FormatError) {
        let areObjects = first?.kind == .object
        rowCount +=
            try typed?.read(
                document, from: position, areObjects: areObjects, at: pointer, first: rowCount, &meter) ?? 0
    }
}
