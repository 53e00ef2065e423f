import Formats
import TestSupport
import Testing

struct TableCSVTests {
    private func table(_ text: String) throws -> Table {
        try Table(csv: Array(text.utf8), limits: ReadingLimits(columns: 10))
    }

    private func values(_ text: String) throws -> [[Double]] { try table(text).columns.map(\.values) }

    @Test(
        arguments: [
            ("x\n1\n2\n", ["x"], [[1, 2]]),
            ("1\n2", ["x"], [[1, 2]]),
            ("1,2\n3,4", ["x1", "x2"], [[1, 3], [2, 4]]),
            ("a,b\r\n1,2\r\n3,4\r\n", ["a", "b"], [[1, 3], [2, 4]]),
            ("a,b\r1,2\r3,4", ["a", "b"], [[1, 3], [2, 4]]),
            ("a;b\n1;2\n", ["a", "b"], [[1], [2]]),
            ("a\tb\n1\t2\n", ["a", "b"], [[1], [2]]),
            ("\u{FEFF}a,b\n1,2\n", ["a", "b"], [[1], [2]]),
            ("\"a,\"\"1\"\"\",\"b\nc\"\n\"1\",2\n", ["a,\"1\"", "b\nc"], [[1], [2]]),
            (" a , b \n +1 ,\t-2e3\n.5,5.\n", ["a", "b"], [[1, 0.5], [-2000, 5]]),
            ("\"a;b\",c\n1,2\n", ["a;b", "c"], [[1], [2]]),
            ("a\n1\n\n\r\n", ["a"], [[1]]),
            ("1e-999\n0.1\n", ["x"], [[0, 0.1]]),
            ("5", ["x"], [[5]]),
        ] as [(String, [String], [[Double]])])
    func reads(_ text: String, _ names: [String], _ values: [[Double]]) throws {
        let table = try table(text)
        #expect(table.names.map(\.string) == names)
        #expect(table.columns.map(\.values) == values)
    }

    /// Digits that a number would lose make texts of a column, where all are of one length.
    @Test(arguments: [
        ("zip\n00501\n10001\n90210\n", ["00501", "10001", "90210"]),
        ("id\n123456789012345678\n123456789012345679\n", ["123456789012345678", "123456789012345679"]),
        ("x\n7\n007\n12\n", nil), ("x\n0.5\n0.25\n", nil), ("x\n0\n1\n", nil), ("x\n12345678901234567890\n1\n", nil),
    ])
    func codesAreTexts(_ csv: String, _ texts: [String]?) throws {
        let column = try table(csv).columns[0]
        #expect(column.texts?.map(\.string) == texts)
    }

    @Test func theHeaderDecidesTheOrientation() throws {
        #expect(try table("a\n1").orientation == .records)
        #expect(try table("1\n2").orientation == .numbers)
        #expect(try table("1,2").orientation == .rows)
    }

    @Test(
        arguments: [
            ("", .invalidData, "", "there are no rows"),
            ("\n\n", .invalidData, "", "there are no rows"),
            ("\n1\n", .invalidCSV, "row:1", "the line is empty"),
            ("a,b\n", .invalidData, "", "there is a header and no row"),
            ("a,b\n1,2\n3\n", .invalidCSV, "row:2", "expected 2 fields, got 1"),
            ("a,b\n1,2,3,4\n", .invalidCSV, "row:1", "expected 2 fields, got 4"),
            ("a\n1,2\n", .invalidCSV, "row:1", "expected 1 field, got 2"),
            ("a,b\n1,2\n\n3,4\n", .invalidCSV, "row:2", "the line is empty"),
            ("a\n1\n\n3\n", .invalidCSV, "row:2", "the line is empty"),
            ("-inf\n1\n", .invalidData, "row:1/column:x", "the number is not finite"),
            ("a\n1e999\n", .invalidData, "row:1/column:a", "the number is not finite"),
            ("a\n1\u{0}\n", .invalidCSV, "row:1/column:a", "the field holds a NUL byte"),
            ("a\u{0}\n1\n", .invalidCSV, "header/column:1", "the name holds a NUL byte"),
            ("a,\"b\n1,2\n", .invalidCSV, "header/column:2", "a quote is not closed"),
            ("a,b\n1,\"2\n", .invalidCSV, "row:1/column:b", "a quote is not closed"),
            ("a\n1\"2\n", .invalidCSV, "row:1/column:a", "a quote stands inside a field that does not begin with one"),
            (
                "a\n\"1\"2\n", .invalidCSV, "row:1/column:a",
                "there is text between a closing quote and the end of its field"
            ),
            ("a,,b\n1,2,3\n", .invalidData, "header/column:2", "the name is empty"),
            ("a,b,a\n1,2,3\n", .invalidData, "header/column:3", "the name is that of column 1 too"),
            ("1,2,3,4,5,6,7,8,9,10,11\n", .invalidData, "header", "there are more than 10 columns"),
        ] as [(String, FormatError.Code, String, String)])
    func namesThePlace(_ text: String, _ code: FormatError.Code, _ pointer: String, _ detail: String) {
        let error = #expect(throws: FormatError.self) { try table(text) }
        #expect(error == FormatError(code, at: pointer, detail))
    }

    @Test func readsTextsAndWhatIsMissing() throws {
        let table = try table("id,age,city\n1,,\"Paris, \"\"F\"\"\"\n2,NA,Rome\n3,4.5, Rome \n4,null,\n")
        #expect(table.columns[0] == Column(name: "id", values: [1, 2, 3, 4]))
        #expect(table.columns[1].texts == nil && table.columns[1].values[2] == 4.5)
        #expect([0, 1, 3].allSatisfy { table.columns[1].values[$0].isNaN })
        #expect(table.columns[2].texts == ["Paris, \"F\"", "Rome"])
        #expect(table.columns[2].values.prefix(3) == [0, 1, 1] && table.columns[2].values[3].isNaN)
        var bytes: [UInt8] = []
        var writer = CSVRowWriter()
        writer.append(table, to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "id,age,city\n1,,\"Paris, \"\"F\"\"\"\n2,,Rome\n3,4.5,Rome\n4,,\n")
    }

    @Test(arguments: ["0x10", "+-1", "1 2", "x"])
    func whatIsNoNumberIsText(_ field: String) throws {
        #expect(try table("a\n\(field)\n1\n").columns[0].texts == [ByteText(field), "1"])
    }

    @Test func numbersMayBeReadAsTexts() throws {
        let table = try Table(csv: Array("zip,n\n01,1\n1.0,2\n01,3\n".utf8), asTexts: ["zip"])
        #expect(table.columns[0] == Column(name: "zip", values: [0, 1, 0], texts: ["01", "1.0"]))
        #expect(table.columns[1].texts == nil)
    }

    /// Digits that a number loses are read as texts, unless they are known to be those of numbers.
    @Test func codesMayBeReadAsNumbers() throws {
        let text = Array("id,n\n9007199254740993,1\n9007199254740995,2\n".utf8)
        #expect(try Table(csv: text).columns[0].texts == ["9007199254740993", "9007199254740995"])
        #expect(try Table(csv: text, asNumbers: ["id"]).columns[0].values == [0x1p53, 0x1p53 + 4])
    }

    /// Rows of arrays have gaps in JSON, and numbers alone have none.
    @Test func numbersWithGapsAreRows() throws {
        #expect(try table("1\n\"\"\n3\n").orientation == .rows)
        #expect(try table("1\n2\n3\n").orientation == .numbers)
    }

    /// A slip among numbers is named; as many texts as that are a column of them.
    @Test func aFewTextsAmongNumbersAreAnError() throws {
        let numbers = (0..<30).map(String.init)
        let error = #expect(throws: FormatError.self) { try table("n\n" + (numbers + ["x"]).joined(separator: "\n")) }
        #expect(error?.pointer == "row:31/column:n")
        #expect(error?.hint?.contains("types=n:category") == true)
        #expect(try table("n\n" + (numbers + ["x", "y", "x", "z"]).joined(separator: "\n")).columns[0].texts != nil)
    }

    @Test func manyTextsKeepTheirPlaces() throws {
        let texts = (0..<5_000).map { "text \($0)" }
        let column = try table("t\n" + (texts + texts.reversed()).joined(separator: "\n")).columns[0]
        #expect(column.texts == TextList(texts.map { ByteText($0) }))
        let places = (0..<5_000).map(Double.init)
        #expect(column.values == places + Array(places.reversed()))
    }

    @Test func utf16IsNamed() {
        let error = #expect(throws: FormatError.self) { try Table(csv: [0xFF, 0xFE, 0x61, 0x00]) }
        #expect(error?.detail == "the text is UTF-16")
    }

    @Test func refusesInvalidUTF8() {
        let inRow = #expect(throws: FormatError.self) { try Table(csv: Array("a\n1\n".utf8) + [0xFF, 0x0A]) }
        #expect(inRow == FormatError(.invalidCSV, at: "row:2/column:a", "the field is not valid UTF-8"))
        let inName = #expect(throws: FormatError.self) { try Table(csv: [0xC3, 0x0A, 0x31]) }
        #expect(inName == FormatError(.invalidCSV, at: "header/column:1", "the name is not valid UTF-8"))
    }

    @Test func hintsAtDecimalCommas() {
        let error = #expect(throws: FormatError.self) { try table("a;b\n1,5;2,5\n") }
        #expect(error?.pointer == "row:1/column:a")
        #expect(error?.hint == "write decimals with a point, not a comma")
    }

    @Test(arguments: [("a,b1,23,4", true), ("x12", true), ("12", false), ("1\n2", false), ("a,b\n1,2", false)])
    func hintsAtNewlinesThatAreGone(_ text: String, _ hints: Bool) {
        let hint: String?
        do throws(FormatError) {
            _ = try Table(csv: Array(text.utf8), newlinesMayBeGone: true)
            hint = nil
        } catch {
            hint = error.hint
        }
        #expect((hint == FormatError.newlinesHint) == hints)
    }

    @Test(arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
    func readsEverySeparatorAndNewline(_ separator: String, _ newline: String) throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<100 {
            let table = Table.random(orientation: .rows, using: &generator)
            let rows = (0..<table.rowCount).map { row in
                table.columns.map { "\($0.values[row])" }.joined(separator: separator)
            }
            #expect(try self.table(rows.joined(separator: newline)).columns == table.columns)
        }
    }

    @Test func survivesMutations() {
        let texts = ["a,b\n1,2\n3.5,-4e2\n", "\"a\"\"b\";c\r\n\"1\";2\r\n", "1\t2\n3\t4", "x\n1\n2\n\n"]
        let alphabet = Array(",;\t\"\r\n0123456789.eE+- ainf".utf8) + [0, 0xC3, 0xFF]
        var generator = SeededGenerator(seed: 6)
        var tables = 0
        for round in 0..<20_000 {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes[place] = alphabet.randomElement(using: &generator)!
                } else {
                    bytes.insert(alphabet.randomElement(using: &generator)!, at: place)
                }
            }
            guard let table = try? Table(csv: bytes) else { continue }
            tables += 1
            #expect(table.columns.allSatisfy { column in column.values.allSatisfy { !$0.isInfinite } })
        }
        #expect(tables > 1000)
    }
}
