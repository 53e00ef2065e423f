import Formats
import HTTP

/// Reads the rows that a request brings, whatever they are written as; `/train` and `/score` take the same.
struct DataReader {
    /// Columns whose numbers are to be read as texts.
    var textColumns: Set<ByteText> = []
    /// Columns whose digits are to be read as numbers.
    var numberColumns: Set<ByteText> = []
    let limits: ReadingLimits
    /// Whether the body came as `curl -d @file` sends it.
    var newlinesMayBeGone = false

    /// - Returns: `nil` where the body is empty, or an object whose `data` are no rows.
    func table(_ body: RequestBody, _ parameters: Parameters) throws -> Table? {
        let table: Table
        switch body {
        case .empty: return nil
        case .csv(let text):
            return try text.withSpan { bytes throws(FormatError) in
                try Table(
                    csv: bytes, newlinesMayBeGone: newlinesMayBeGone, limits: limits, asTexts: textColumns,
                    asNumbers: numberColumns, whenRead: text.release)
            }
        case .npy(let body):
            table = try body.withSpan { bytes throws(FormatError) in try Table(npy: bytes, limits: limits) }
        case .lines(let body, let otherwise): table = try lines(body, otherwise: otherwise)
        case .json(let text, let body):
            let isArray = text.document.root.kind == .array
            guard let data = isArray ? text.document.root : parameters.members["data"], data.kind != .object else {
                return nil
            }
            let pointer = isArray ? "" : "/data"
            let long = try body.withSpan { bytes throws(FormatError) in
                try text.table(bytes, at: pointer, limits: limits, whenRead: body.release)
            }
            table = try long ?? Table(json: data, at: pointer, limits: limits)
        }
        return Table(
            columns: table.columns.map { textColumns.contains($0.name) ? $0.asTexts() : $0 },
            orientation: table.orientation)
    }

    private func lines(_ body: Body, otherwise: FormatError?) throws(FormatError) -> Table {
        do throws(FormatError) {
            return try body.withSpan { text throws(FormatError) in
                try JSONText.table(lines: text, limits: limits, whenRead: body.release)
            }
        } catch {
            // Of what is neither, the mistake is more likely the one that keeps it from being a single value.
            throw error.code == .invalidJSON ? otherwise ?? error : error
        }
    }
}
