/// The bounds that the reading of a table keeps, whatever the table is written as.
package struct ReadingLimits: Sendable {
    package var columns: Int
    package var rows: Int
    /// Bytes of the values and texts of the table.
    package var bytes: Int
    /// What to do about a table that is beyond them.
    package var cure: String
    /// Asked for memory before it is taken, and so at every some thousand values; throws `busy` where there is none now,
    /// `abandoned` where nobody waits for the table any more.
    package var reserve: @Sendable (_ bytes: Int) throws(FormatError) -> Void

    package init(
        columns: Int = 1024, rows: Int = .max, bytes: Int = .max, cure: String = FormatError.piecesHint,
        reserve: @escaping @Sendable (_ bytes: Int) throws(FormatError) -> Void = { _ in }
    ) {
        self.columns = columns
        self.rows = rows
        self.bytes = bytes
        self.cure = cure
        self.reserve = reserve
    }
}

/// Counts what a reading has made, and stops it at its limits.
struct ReadingMeter {
    let limits: ReadingLimits
    private var rows = 0
    private var bytes = 0

    init(_ limits: ReadingLimits) { self.limits = limits }

    /// Takes note of rows that are about to be kept.
    mutating func add(rows count: Int, width: Int) throws(FormatError) {
        rows += count
        guard rows <= limits.rows else {
            throw FormatError(.invalidData, "there are more than \(limits.rows) rows", hint: limits.cure)
        }
        try add(bytes: count * width * MemoryLayout<Double>.stride)
    }

    /// Takes note of memory that is about to be taken.
    mutating func add(bytes count: Int) throws(FormatError) {
        bytes += count
        guard bytes <= limits.bytes else {
            throw FormatError(.tooLarge, "the rows would take more than \(limits.bytes) bytes", hint: limits.cure)
        }
        try limits.reserve(count)
    }

    /// How many rows there is room for at the most.
    func roomForRows(width: Int) -> Int { min(limits.rows, limits.bytes / (8 * max(1, width))) }
}
