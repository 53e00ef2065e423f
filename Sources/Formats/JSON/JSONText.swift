/// A JSON text of any length. Where it is long its rows are left out at first, and parsed a block at a time: what a parser
/// takes must not go with the length of the text.
package struct JSONText: Sendable {
    /// The text; without the rows that are left out an empty array stands in their place.
    package let document: JSONDocument
    /// The rows that are left out, without the brackets around them.
    private let rows: Range<Int>?

    /// A text that is longer is read by blocks of about this length.
    package static let blockBytes = 1 << 20
    /// The length of a row, or of all that is not rows, at the most.
    static let partBytes = 4 * blockBytes
    /// What the parser takes for each byte of a text, at the most.
    private static let bytesPerByte = 24

    /// - Parameter whenRead: is told of bytes that have been read.
    package init(
        _ text: Span<UInt8>, limits: ReadingLimits = ReadingLimits(), whenRead: (Range<Int>) -> Void = { _ in }
    ) throws(FormatError) {
        try limits.reserve(Self.bytesPerByte * min(text.count, Self.blockBytes))
        guard text.count > Self.blockBytes else {
            document = try JSONDocument(text)
            rows = nil
            return
        }
        var scan = JSONScan(from: JSONDocument.start(of: text))
        switch scan.next(in: text) {
        case UInt8(ascii: "["):
            rows = try Self.rows(in: text, &scan)
            document = try JSONDocument(Array("[]".utf8))
        case UInt8(ascii: "{"):
            var skeleton: [UInt8] = []
            rows = try Self.rows(inObject: text, &scan, skeleton: &skeleton, limits)
            document = try JSONDocument(skeleton)
        default:
            guard text.count <= Self.partBytes else { throw Self.tooLarge }
            document = try JSONDocument(text)
            rows = nil
        }
        guard rows == nil || scan.next(in: text) == nil else { throw JSONDocument.fault(in: text) }
        whenRead(0..<text.count)
    }

    /// Where the elements of the array stand that comes next.
    private static func rows(in text: Span<UInt8>, _ scan: inout JSONScan) throws(FormatError) -> Range<Int> {
        guard let array = scan.value(in: text), text[array.upperBound - 1] == UInt8(ascii: "]") else {
            throw JSONDocument.fault(in: text)
        }
        return array.lowerBound + 1..<array.upperBound - 1
    }

    /// Copies an object without its `data`, if that is an array, and without the `scores` of an answer to /sample.
    private static func rows(
        inObject text: Span<UInt8>, _ scan: inout JSONScan, skeleton: inout [UInt8], _ limits: ReadingLimits
    ) throws(FormatError) -> Range<Int> {
        var rows: Range<Int>?
        var copied = scan.position
        func copy(to end: Int, _ ending: String) throws(FormatError) {
            guard skeleton.count + end - copied <= partBytes else { throw tooLarge }
            for index in copied..<end { skeleton.append(text[index]) }
            skeleton += ending.utf8
        }
        _ = scan.take(UInt8(ascii: "{"), in: text)
        while scan.next(in: text) != UInt8(ascii: "}") {
            guard let key = scan.string(in: text), scan.take(UInt8(ascii: ":"), in: text) else {
                throw JSONDocument.fault(in: text)
            }
            if scan.next(in: text) == UInt8(ascii: "["), let isData = isOfRows(key, in: text) {
                try copy(to: scan.position, "[]")
                let found = try Self.rows(in: text, &scan)
                copied = scan.position
                if isData { rows = rows ?? found } else { try check(found, of: text, limits) }
            } else if scan.value(in: text) == nil {
                throw JSONDocument.fault(in: text)
            }
            guard scan.take(UInt8(ascii: ","), in: text) else { break }
        }
        guard scan.take(UInt8(ascii: "}"), in: text) else { throw JSONDocument.fault(in: text) }
        try copy(to: scan.position, "")
        return rows ?? 0..<0
    }

    /// Whether a key is that of rows (`true`) or of numbers that mean nothing to a reader (`false`); `nil` for others.
    private static func isOfRows(_ key: Range<Int>, in text: Span<UInt8>) -> Bool? {
        func isKey(_ name: String) -> Bool {
            key.count == name.utf8.count && zip(key, name.utf8).allSatisfy { text[$0] == $1 }
        }
        return isKey("data") ? true : isKey("scores") ? false : nil
    }

    /// Checks what nobody reads.
    private static func check(
        _ rows: Range<Int>, of text: Span<UInt8>, _ limits: ReadingLimits
    ) throws(FormatError) {
        try forEachBlock(of: rows, in: text) { _, _ throws(FormatError) in try limits.reserve(0) }
    }

    private static let tooLarge = FormatError(.tooLarge, "what is not rows has more than \(partBytes) bytes")

    private static func tooLong(at pointer: String) -> FormatError {
        FormatError(.invalidData, at: pointer, "the row has more than \(partBytes) bytes")
    }

    /// Reads the rows that were left out; `nil` where none were.
    ///
    /// - Parameters:
    ///   - pointer: where they stand.
    ///   - whenRead: is told of bytes that have been read.
    package func table(
        _ text: Span<UInt8>, at pointer: String, limits: ReadingLimits, whenRead: (Range<Int>) -> Void
    ) throws(FormatError) -> Table? {
        guard let rows, !rows.isEmpty else { return nil }
        var reader = JSONTableReader(at: pointer, limits: limits)
        var told = rows.lowerBound
        try Self.forEachBlock(of: rows, in: text, at: pointer) { block, end throws(FormatError) in
            try reader.read(block)
            whenRead(told..<end)
            told = end
        }
        return try reader.table()
    }
}

extension JSONText {
    /// Parses the elements of an array, a block at a time.
    private static func forEachBlock(
        of elements: Range<Int>, in text: Span<UInt8>, at pointer: String = "",
        _ body: (_ block: JSONElement, _ end: Int) throws(FormatError) -> Void
    ) throws(FormatError) {
        let part = text.extracting(0..<elements.upperBound)
        var scan = JSONScan(from: elements.lowerBound)
        var (start, count, before) = (elements.lowerBound, 0, 0)
        while true {
            guard scan.value(in: part) != nil else { throw JSONDocument.fault(in: text) }
            count += 1
            let isLast = scan.next(in: part) == nil
            guard isLast || part[scan.position] == UInt8(ascii: ",") else { throw JSONDocument.fault(in: text) }
            if isLast || scan.position - start >= blockBytes {
                guard scan.position - start <= partBytes else { throw tooLong(at: "\(pointer)/\(count - 1)") }
                var bytes = [UInt8(ascii: "[")]
                bytes.reserveCapacity(scan.position - start + 2)
                for index in start..<scan.position { bytes.append(text[index]) }
                bytes.append(UInt8(ascii: "]"))
                let block = try parse(bytes, from: start - 1, of: text, at: pointer, after: before)
                // A comma with nothing behind it has been cut off.
                guard start == elements.lowerBound || block.elements.contains(where: { _ in true }) else {
                    throw JSONDocument.fault(in: text)
                }
                try body(block, scan.position)
                (start, before) = (scan.position + 1, count)
            }
            guard !isLast else { return }
            _ = scan.take(UInt8(ascii: ","), in: part)
        }
    }

    /// Parses one block, whose errors name places of the whole text.
    private static func parse(
        _ bytes: [UInt8], from start: Int, of text: Span<UInt8>, at pointer: String, after count: Int
    ) throws(FormatError) -> JSONElement {
        do throws(FormatError) {
            return try JSONDocument(bytes).root
        } catch {
            guard !error.pointer.isEmpty else { throw JSONDocument.fault(in: bytes.span, from: start, of: text) }
            throw error.moved(by: count, at: pointer)
        }
    }
}

extension JSONText {
    /// Reads the rows of newline-delimited JSON, a text a line.
    ///
    /// - Parameter whenRead: is told of bytes that have been read.
    package static func table(
        lines text: Span<UInt8>, limits: ReadingLimits = ReadingLimits(), whenRead: (Range<Int>) -> Void = { _ in }
    ) throws(FormatError) -> Table {
        try limits.reserve(bytesPerByte * min(text.count, blockBytes))
        var reader = JSONTableReader(at: "", limits: limits)
        var (start, lines, count) = (0, 0, 0)
        while start < text.count {
            var end = min(start + blockBytes, text.count)
            while end < text.count, text[end - 1] != UInt8(ascii: "\n") { end += 1 }
            guard end - start <= partBytes else { throw tooLong(at: "/\(count)") }
            let bytes = NDJSON.array(text.extracting(start..<end))
            let block: JSONElement
            do throws(FormatError) {
                block = try JSONDocument(bytes, firstLine: lines).root
            } catch {
                throw error.pointer.isEmpty ? error : error.moved(by: count, at: "")
            }
            try reader.read(block)
            whenRead(start..<end)
            lines += bytes.count { $0 == UInt8(ascii: "\n") } + 1
            count += block.elements.count { _ in true }
            start = end
        }
        return try reader.table()
    }
}

extension FormatError {
    /// The same error of an array whose elements stand behind others.
    fileprivate func moved(by count: Int, at prefix: String) -> FormatError {
        let tokens = pointer.split(separator: "/", maxSplits: 1)
        guard let index = tokens.first.flatMap({ Int($0) }) else { return self }
        let rest = tokens.count > 1 ? "/\(tokens[1])" : ""
        return FormatError(code, at: "\(prefix)/\(index + count)\(rest)", detail, hint: hint)
    }
}
