import Formats

/// Tables to begin with, ordinary and extreme.
struct Example {
    let header: [String]
    let rows: [[String]]

    /// Numbers that a double has trouble with, and the spellings that there are.
    static let numbers = [
        "0", "-0", "1", "-1", "0.1", "12.50", "1e19", "-1e19", "1e30", "1.2e308", "-1.2e308",
        "1.7976931348623157e308", "5e-324", "-5e-324", "1e-304", "2.2250738585072014e-308", "9007199254740993",
        "4503599627370497.5", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "123456789012345678901234567890", "0.000000000000000000001", "1e15", "999999999999999.9", "1e-10",
    ]

    /// Texts: dates and times, gaps, booleans, two spellings of one word, what is quoted, and numbers that are none.
    static let texts = [
        "2024-02-29", "2023-02-29", "2024-02-29T12:30:00Z", "2024-02-29 12:30:00.123456789", "0001-01-01", "9999-12-31",
        "23:59:59", "2024-02-29T12:30:00+02:00", "NA", "NaN", "null", "inf", "-inf", "1e999", "true", "false",
        "caf\u{E9}", "cafe\u{301}", "\u{212B}", "\u{C5}", "A\u{30A}", "\u{1F469}\u{200D}\u{1F680}", "\u{0}", " ",
        "\"\"",
        "a,b", "1,5", "0x1p3", "id-0001", "none", "combination", "unique", "category", "timestamp", "identifier",
        "number", "min", "max", "\u{FEFF}", "\\u0000", "\\ud800",
    ]

    static let values = numbers + texts

    /// Rows of the same length, by what stands in each.
    init(_ header: [String], count: Int, _ row: (Int) -> [String]) {
        self.header = header
        rows = (0..<count).map(row)
    }

    static let all = ordinary + extreme

    /// Columns of every kind, and what binds them to one another.
    static let ordinary: [Example] = [
        Example(["x"], count: 40) { ["\(($0 * 37) % 101).\($0 % 10)"] },
        Example(["a", "b", "c"], count: 30) { ["\($0 % 7)", "\(($0 * 13) % 29).5", "\(-($0 * $0) % 17)"] },
        Example(["age", "sex", "member", "city", "country", "joined", "left", "id"], count: 120) { row in
            let (city, country) = [("Bern", "CH"), ("Basel", "CH"), ("Lyon", "FR"), ("Nice", "FR")][row * 7 % 4]
            let day = 1 + row * 11 % 20
            return [
                row % 9 == 0 ? "" : "\(20 + row * 31 % 50)", row % 3 == 0 ? "m" : "f", row % 2 == 0 ? "true" : "false",
                city, country, "2024-01-\(day < 10 ? "0" : "")\(day)", "2024-02-\(day < 10 ? "0" : "")\(day)",
                "id-\(1000 + row)",
            ]
        },
        Example(["lo", "hi", "t", "n"], count: 60) {
            ["\($0 % 11)", "\($0 % 11 + $0 % 4)", "12:\(10 + $0 % 50):00", "\($0 + 1)"]
        },
        Example(["w", "v"], count: 60) { [["cafe", "tea", "juice"][$0 * 5 % 3], "\($0 * 5 % 3 * 10)"] },
    ]

    private static let extreme: [Example] =
        numbers.map { number in
            Example(["x", "y"], count: 24) { [$0 % 3 == 0 ? number : "\($0)", number] }
        }
        + [("1.2e308", "-1.2e308"), ("5e-324", "1e308"), ("1e-304", "2e-304"), ("1e19", "1e30")].map { low, high in
            Example(["x"], count: 40) { [$0 % 2 == 0 ? low : high] }
        }
        + texts.map { text in Example(["t", "n"], count: 24) { [$0 % 2 == 0 ? text : "plain", "\($0)"] } }
        + [
            Example(["t"], count: 24) { [["caf\u{E9}", "cafe\u{301}"][$0 % 2]] },
            Example(["caf\u{E9}", "cafe\u{301}"], count: 24) { ["\($0)", "\($0 % 5)"] },
            Example(["", "a\"b", "c\nd", "e,f"], count: 4) { ["\($0)", "q\"q", "r\rs", "t,u"] },
            Example(["t", "u"], count: 60) { ["id-\($0)", $0 % 2 == 0 ? "" : "NA"] },
            Example(["x"], count: 2) { ["\($0)"] },
            Example(["x", "t"], count: 1) { ["\($0)", "a"] },
            Example((0..<40).map { "x\($0)" }, count: 3) { row in (0..<40).map { "\(row * $0)" } },
        ]

    /// As CSV.
    func csv(separator: String = ",", newline: String = "\n") -> [UInt8] {
        func field(_ text: String) -> String {
            let isPlain = !text.isEmpty && !text.utf8.contains { "\",;\t\r\n".utf8.contains($0) }
            return isPlain
                ? text
                : "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
        }
        let lines = [header.map(field)] + rows.map { $0.map { $0.isEmpty ? "" : field($0) } }
        return Array(lines.map { $0.joined(separator: separator) + newline }.joined().utf8)
    }

    /// As JSON objects, or arrays of a row's values.
    func json(areRecords: Bool) -> [[UInt8]] {
        rows.map { row in
            var writer = JSONWriter()
            func write(_ text: String, to writer: inout JSONWriter) {
                switch text {
                case "": writer.null()
                case "true", "false": writer.value(text == "true")
                default:
                    if let number = Double(text), number.isFinite, Self.numbers.contains(text) || Int(text) != nil {
                        writer.value(number)
                    } else {
                        writer.value(text)
                    }
                }
            }
            if areRecords {
                writer.object { writer in
                    for (name, text) in zip(header, row) {
                        writer.key(name)
                        write(text, to: &writer)
                    }
                }
            } else {
                writer.array { writer in
                    for text in row { write(text, to: &writer) }
                }
            }
            return writer.bytes
        }
    }

    /// The table, as it is read from CSV.
    var table: Table? { try? Table(csv: csv()) }
}
