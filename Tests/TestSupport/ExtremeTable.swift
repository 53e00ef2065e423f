/// A table as somebody might send it by mistake or by malice, a function of a seed: numbers at the ends of what a double
/// holds among ordinary ones, gaps, odd texts and names, far dates; few rows or equal ones.
package struct ExtremeTable: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case csv = "text/csv"
        case json = "application/json"
        case ndjson = "application/x-ndjson"
        case npy = "application/x-npy"
    }

    package enum Cell: Sendable, Equatable {
        case number(Double), text(String), boolean(Bool), gap

        fileprivate var isNumberOrGap: Bool {
            switch self {
            case .number, .gap: true
            case .text, .boolean: false
            }
        }
    }

    package let format: Format
    package let names: [String]
    package let rows: [[Cell]]
    /// The table as it is sent.
    package let body: [UInt8]

    /// Whether a cell is an infinity, which is to be refused where it stands.
    package var hasInfinity: Bool {
        rows.contains { $0.contains { if case .number(let number) = $0 { number.isInfinite } else { false } } }
    }

    package init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let format = Format.allCases[[0, 0, 0, 1, 1, 1, 2, 3][Int.random(in: 0..<8, using: &random)]]
        let count = [1, 2, 3, 12, 19, 20, 40, 60, 110, 130][Int.random(in: 0..<10, using: &random)]
        let width = [1, 1, 2, 3, 4][Int.random(in: 0..<5, using: &random)]
        var columns = (0..<width).map { _ in Self.column(count, onlyNumbers: format == .npy, using: &random) }
        if width > 1, Int.random(in: 0..<8, using: &random) == 0 {
            // One column is never below another.
            columns[1] = zip(columns[0], columns[1]).map { Self.greater($0, $1) }
        }
        if Int.random(in: 0..<16, using: &random) == 0 {
            columns = columns.map { column in column.map { _ in column[0] } }
        }
        // Among texts an infinity is one of them.
        if Int.random(in: 0..<20, using: &random) == 0, columns[0].allSatisfy(\.isNumberOrGap) {
            columns[0][count / 2] = .number(Bool.random(using: &random) ? .infinity : -.infinity)
        }
        var names = Self.names.shuffled(using: &random).prefix(width).map(\.self)
        if Int.random(in: 0..<3, using: &random) > 0 { names = (0..<width).map { "c\($0)" } }
        (self.format, self.names) = (format, names)
        let rows = (0..<count).map { row in columns.map { $0[row] } }
        self.rows = rows
        body = ExtremeTableWriter(names: names, rows: rows).bytes(as: format)
    }

    private static let names = [
        "", "1", "2", "-3e5", "nan", "inf", "NA", " a ", "a,b", "x;y", "\"q\"", "\u{FEFF}mark", "two\nlines", "tab\t",
        "Zoë", "null\0", "<b>&amp;</b>", String(repeating: "long", count: 300), "\"\u{301}", "x1", "score",
    ]

    /// The ends of doubles and of floats, and where whole numbers, products and squares end.
    private static let extremes: [Double] = [
        1e19, -1e19, 1e30, 1e17, -1e25, 1.2e308, -1.2e308, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        0x1p-1074,
        -0x1p-1074, 1e-304, 2.3e-308, Double(Float.greatestFiniteMagnitude), Double(Float.leastNonzeroMagnitude), -0.0,
        0,
        0x1p53 - 1, 0x1p53, 0x1p53 + 2, 0x1p63, -0x1p63, 0x1p64, 1e154, 1e155, -1e200, 1e-160, 0.1 + 0.2, 1e15, 0x1p31,
    ]

    private static let texts = [
        "a", "b", "NA", " x", "a\"b", "\"\u{301}", "1e999", "nan", "007", "9007199254740993", "Zoë", "line\nbreak", ";",
        "true", "\0", "\u{FEFF}", "<script>", String(repeating: "long", count: 500), "1970-01-01", "0001-13-45",
    ]

    private static func column(_ count: Int, onlyNumbers: Bool, using random: inout SeededGenerator) -> [Cell] {
        let gaps = [0, 0, 0, 0.05, 0.3, 1][Int.random(in: 0..<6, using: &random)]
        let isGap = { (random: inout SeededGenerator) in gaps > 0 && Double.random(in: 0..<1, using: &random) < gaps }
        let values =
            onlyNumbers || Int.random(in: 0..<3, using: &random) > 0
            ? numbers(count, using: &random).map(Cell.number) : others(count, using: &random)
        return values.map { isGap(&random) ? .gap : $0 }
    }

    private static func numbers(_ count: Int, using random: inout SeededGenerator) -> [Double] {
        func ordinary(_ random: inout SeededGenerator) -> Double {
            (0..<12).reduce(-6) { sum, _ in sum + .random(in: 0..<1, using: &random) }
        }
        func extreme(_ random: inout SeededGenerator) -> Double {
            extremes[Int.random(in: 0..<extremes.count, using: &random)]
        }
        let (first, second) = (extreme(&random), extreme(&random))
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return (0..<count).map { _ in extreme(&random) }
        case 1, 2:
            return (0..<count).map { _ in
                Int.random(in: 0..<10, using: &random) == 0 ? extreme(&random) : ordinary(&random)
            }
        case 3: return (0..<count).map { $0 == count / 2 ? first : ordinary(&random) }
        case 4: return (0..<count).map { _ in ordinary(&random) * 1e-304 }
        case 5: return (0..<count).map { _ in ordinary(&random) * 2e307 }
        case 6: return (0..<count).map { _ in Bool.random(using: &random) ? first : second }
        case 7: return [Double](repeating: first, count: count)
        case 8: return (0..<count).map { 0x1p53 + 2 * Double($0) }
        case 9: return (0..<count).map { Double($0 + 1) }
        case 10: return (0..<count).map { _ in Double(Int.random(in: 1_000_000...9_999_999, using: &random)) * 1e9 }
        default:
            return (0..<count).map { _ in
                let number = Double(bitPattern: random.next())
                return number.isFinite ? number : 1
            }
        }
    }

    private static func others(_ count: Int, using random: inout SeededGenerator) -> [Cell] {
        func padded(_ number: Int, _ length: Int) -> String { String(String(number + 100_000).suffix(length)) }
        let (first, second) = (
            texts[Int.random(in: 0..<texts.count, using: &random)],
            texts[Int.random(in: 0..<texts.count, using: &random)]
        )
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return (0..<count).map { _ in .boolean(.random(using: &random)) }
        case 1: return (0..<count).map { .text("id-" + padded($0, 5)) }
        case 2: return (0..<count).map { .text(String(repeating: "p", count: 1200) + padded($0, 5)) }
        case 3, 4:
            return (0..<count).map { _ in
                let year = [1, 4, 1970, 2024, 9998, 9999][Int.random(in: 0..<6, using: &random)]
                return .text("\(padded(year, 4))-12-\(padded(Int.random(in: 1...31, using: &random), 2))")
            }
        case 5: return (0..<count).map { _ in .text(texts[Int.random(in: 0..<texts.count, using: &random)]) }
        default: return (0..<count).map { .text($0 % 3 == 0 ? first : second) }
        }
    }

    private static func greater(_ low: Cell, _ other: Cell) -> Cell {
        guard case .number(let low) = low, case .number(let other) = other else { return other }
        return .number(max(low, other))
    }
}

/// Writes cells as the formats have them, by nothing that the project writes them with.
private struct ExtremeTableWriter {
    let names: [String]
    let rows: [[ExtremeTable.Cell]]

    func bytes(as format: ExtremeTable.Format) -> [UInt8] {
        switch format {
        case .csv:
            let lines = [names.map(quoted).joined(separator: ",")] + rows.map { $0.map(field).joined(separator: ",") }
            return Array((lines.joined(separator: "\n") + "\n").utf8)
        case .json: return Array(("[" + rows.map(object).joined(separator: ",") + "]").utf8)
        case .ndjson: return Array(rows.map { object($0) + "\n" }.joined().utf8)
        case .npy:
            var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows.count), \(names.count)), }"
            header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
            return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
                + rows.joined().flatMap { cell in
                    let number = if case .number(let number) = cell { number } else { Double.nan }
                    return (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
                }
        }
    }

    private func field(_ cell: ExtremeTable.Cell) -> String {
        switch cell {
        case .number(let number): digits(number) ?? "\(number)"
        case .text(let text): quoted(text)
        case .boolean(let boolean): "\(boolean)"
        case .gap: names.count == 1 ? "\"\"" : ""
        }
    }

    private func object(_ row: [ExtremeTable.Cell]) -> String {
        "{" + zip(names, row).map { literal($0) + ":" + value($1) }.joined(separator: ",") + "}"
    }

    private func value(_ cell: ExtremeTable.Cell) -> String {
        switch cell {
        case .number(let number): number.isInfinite ? (number < 0 ? "-1e999" : "1e999") : digits(number) ?? "\(number)"
        case .text(let text): literal(text)
        case .boolean(let boolean): "\(boolean)"
        case .gap: "null"
        }
    }

    /// Whole numbers with all their digits, as far as there are not too many.
    private func digits(_ number: Double) -> String? { Int(exactly: number).map(String.init) }

    private func quoted(_ text: String) -> String {
        "\"" + String(String.UnicodeScalarView(text.unicodeScalars.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] })) + "\""
    }

    private func literal(_ text: String) -> String {
        "\""
            + text.unicodeScalars.map { scalar in
                let code = String(scalar.value, radix: 16)
                return scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
                    ? "\\u" + String(repeating: "0", count: 4 - code.utf8.count) + code : String(scalar)
            }.joined() + "\""
    }
}
