import Formats
import HTTP

/// Reads the rows that a request brings, whatever they are written as; `/train` and `/score` take the same.
struct DataReader {
    /// Columns whose numbers are to be read as texts.
    var textColumns: Set<ByteText> = []
    /// Columns whose digits are to be read as numbers.
    var numberColumns: Set<ByteText> = []
    let columnLimit: Int
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
                    csv: bytes, newlinesMayBeGone: newlinesMayBeGone, columnLimit: columnLimit, asTexts: textColumns,
                    asNumbers: numberColumns, whenRead: text.release)
            }
        case .npy(let bytes):
            table = try bytes.withSpan { bytes throws(FormatError) in
                try Table(npy: bytes, columnLimit: columnLimit)
            }
        case .lines(let element): table = try Table(json: element, at: "", columnLimit: columnLimit)
        case .json(let element) where element.kind == .array:
            table = try Table(json: element, at: "", columnLimit: columnLimit)
        case .json:
            guard let data = parameters.members["data"], data.kind != .object else { return nil }
            table = try Table(json: data, at: "/data", columnLimit: columnLimit)
        }
        return Table(
            columns: table.columns.map { textColumns.contains($0.name) ? $0.asTexts() : $0 },
            orientation: table.orientation)
    }
}
