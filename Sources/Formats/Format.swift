/// A kind of file: its names, how it is told from others, and what it can hold.
package struct Format: Sendable {
    /// What requests bring and answers hold.
    package enum Content: Sendable {
        case rows, scores, events, weights
    }

    /// How the rows of a file are read, beside what it holds itself.
    package struct Reading: Sendable {
        package var limits: ReadingLimits
        /// Columns whose numbers are to be read as texts.
        package var textColumns: Set<ByteText> = []
        /// Columns whose digits are to be read as numbers.
        package var numberColumns: Set<ByteText> = []
        /// Whether the bytes came as `curl -d @file` sends them.
        package var newlinesMayBeGone = false

        package init(limits: ReadingLimits) { self.limits = limits }
    }

    package typealias Reader =
        @Sendable (_ bytes: Span<UInt8>, _ reading: Reading, _ whenRead: (Range<Int>) -> Void) throws(FormatError)
        -> Table

    /// What `format=` and flags call it.
    package let name: String
    /// Its own media type first, then others that it comes with.
    package let mediaTypes: [String]
    /// What names of its files end with.
    package let suffixes: [String]
    package let isText: Bool
    /// Whether a column may be of texts.
    package let holdsTexts: Bool
    package let reads: Set<Content>
    package let writes: Set<Content>
    /// What a file may begin with, for a text behind spaces; nothing where that does not tell it from others.
    private let firstBytes: [UInt8]
    /// What stands between values, and tells a text that begins with anything.
    private let separators: [UInt8]
    /// Makes a table of a whole file; `nil` for one whose rows stand beside other things.
    package let read: Reader?
    /// Writes that many rows; `nil` for what holds none.
    package let writer: (@Sendable (_ rows: Int) -> any TableWriter)?

    private init(
        _ name: String, _ mediaTypes: [String], suffixes: [String] = [], isText: Bool = true, holdsTexts: Bool = true,
        reads: Set<Content> = [], writes: Set<Content> = [], firstBytes: [UInt8] = [], separators: [UInt8] = [],
        read: Reader? = nil, writer: (@Sendable (_ rows: Int) -> any TableWriter)? = nil
    ) {
        self.name = name
        self.mediaTypes = mediaTypes
        self.suffixes = suffixes
        self.isText = isText
        self.holdsTexts = holdsTexts
        self.reads = reads
        self.writes = writes
        self.firstBytes = firstBytes
        self.separators = separators
        self.read = read
        self.writer = writer
    }

    /// RFC 8259.
    package static let json = Format(
        "json", ["application/json"], suffixes: ["json"], reads: [.rows], writes: [.rows, .scores, .events],
        firstBytes: [UInt8(ascii: "{"), UInt8(ascii: "[")], writer: { _ in JSONRowWriter() })

    /// A JSON text a line; its first line alone is JSON, too.
    package static let ndjson = Format(
        "ndjson", ["application/x-ndjson", "application/jsonl"], suffixes: ["ndjson", "jsonl"], reads: [.rows],
        writes: [.rows, .events],
        read: { bytes, reading, whenRead throws(FormatError) in
            try JSONText.table(lines: bytes, limits: reading.limits, whenRead: whenRead)
        }, writer: { _ in JSONRowWriter(separator: "\n") })

    /// RFC 4180.
    package static let csv = Format(
        "csv", ["text/csv"], suffixes: ["csv", "tsv"], reads: [.rows], writes: [.rows, .scores],
        separators: [UInt8(ascii: "\n"), UInt8(ascii: ",")],
        read: { bytes, reading, whenRead throws(FormatError) in
            try Table(
                csv: bytes, newlinesMayBeGone: reading.newlinesMayBeGone, limits: reading.limits,
                asTexts: reading.textColumns, asNumbers: reading.numberColumns, whenRead: whenRead)
        }, writer: { _ in CSVRowWriter() })

    /// One array of numpy's.
    package static let npy = Format(
        "npy", ["application/x-npy"], suffixes: ["npy"], isText: false, holdsTexts: false, reads: [.rows],
        writes: [.rows], firstBytes: [0x93],
        read: { bytes, reading, _ throws(FormatError) in try Table(npy: bytes, limits: reading.limits) },
        writer: { NPYRowWriter(rowCount: $0) })

    /// Server-sent events, as browsers read them.
    package static let sse = Format("sse", ["text/event-stream"], writes: [.events])

    package static let safetensors = Format(
        "safetensors", ["application/x-safetensors"], suffixes: ["safetensors"], isText: false, holdsTexts: false,
        reads: [.weights], writes: [.weights])

    /// Every format; where several will do, the first is taken.
    package static let all = [json, ndjson, csv, npy, sse, safetensors]

    package static func reading(_ content: Content) -> [Format] { all.filter { $0.reads.contains(content) } }
    package static func writing(_ content: Content) -> [Format] { all.filter { $0.writes.contains(content) } }
}

extension Format: Equatable {
    package static func == (a: Format, b: Format) -> Bool { a.name == b.name }
}

extension Format {
    package var mediaType: String { mediaTypes[0] }

    /// The media type as an answer tells it.
    package var contentType: String { mediaType.hasPrefix("text/") ? "\(mediaType); charset=utf-8" : mediaType }

    /// The format of files whose names end so.
    package init?(suffix: some StringProtocol) {
        let suffix = suffix.lowercased()
        guard let format = Self.all.first(where: { $0.suffixes.contains(suffix) }) else { return nil }
        self = format
    }

    /// What bytes look like that nothing is told of.
    ///
    /// - Parameter first: finds the first of them that is wanted.
    package static func looking(
        like content: Content, _ first: (_ isWanted: (UInt8) -> Bool) -> UInt8?
    ) -> Format? {
        let formats = reading(content)
        let (byte, visible) = (first { _ in true }, first { $0 > 0x20 })
        return formats.first { format in (format.isText ? visible : byte).map(format.firstBytes.contains) ?? false }
            ?? formats.first { format in
                !format.separators.isEmpty && first { format.separators.contains($0) } != nil
            }
    }
}
