import Formats
import Testing

struct TableJSONTests {
    private func table(_ text: String) throws -> Table {
        try Table(json: JSONDocument(Array(text.utf8)).root, at: "/data", limits: ReadingLimits(columns: 10))
    }

    @Test func readsEveryOrientation() throws {
        #expect(try table("[1,2.5]") == Table(columns: [Column(name: "x", values: [1, 2.5])], orientation: .numbers))
        let rows = [Column(name: "x1", values: [1, 3]), Column(name: "x2", values: [2, 4])]
        #expect(try table("[[1,2],[3,4]]") == Table(columns: rows, orientation: .rows))
        let records = [Column(name: "b", values: [1, 4]), Column(name: "a", values: [2, 3])]
        #expect(try table("[{\"b\":1,\"a\":2},{\"a\":3,\"b\":4}]") == Table(columns: records, orientation: .records))
        #expect(try table("[[5]]").names == ["x"])
    }

    @Test(arguments: [
        ("5", "/data", "an array of numbers, arrays or objects is expected, not a number"),
        ("{}", "/data", "an array of numbers, arrays or objects is expected, not an object"),
        ("[]", "/data", "the array is empty"),
        ("[\"a\"]", "/data/0", "a number, an array or an object is expected, not a string"),
        ("[1,2,3,\"4\"]", "/data/3", "a number is expected, not a string"),
        ("[1,null]", "/data/1", "a number is expected, not null"),
        ("[1,true]", "/data/1", "a number is expected, not a boolean"),
        ("[1,[2]]", "/data/1", "a number is expected, not an array"),
        ("[[]]", "/data/0", "the row is empty"),
        ("[{}]", "/data/0", "the row is empty"),
        ("[[1,2],[1,2,3]]", "/data/1", "expected 2 values, got 3"),
        ("[[1,2],[1]]", "/data/1", "expected 2 values, got 1"),
        ("[[1],[]]", "/data/1", "expected 1 value, got 0"),
        ("[[1,2],[3,4],[5,6],[7,\"8\"]]", "/data/3/1", "a number is expected, not a string"),
        ("[[1,[2]]]", "/data/0/1", "a number, a string, a boolean or null is expected, not an array"),
        ("[[1],2]", "/data/1", "an array is expected, as in the first row, not a number"),
        ("[{\"a\":1},[1]]", "/data/1", "an object is expected, as in the first row, not an array"),
        ("[{\"a\":1},{\"a\":true}]", "/data/1/a", "a number is expected, not a boolean"),
        ("[{\"a\":\"x\"},{\"a\":1}]", "/data/1/a", "a string is expected, not a number"),
        ("[{\"a\":null},{\"a\":[]}]", "/data/1/a", "a number, a string, a boolean or null is expected, not an array"),
        (
            "[{\"a\":1,\"b\":2},{\"a\":1}]", "/data/1/b",
            "the key of the first row is missing; null stands for a missing value"
        ),
        ("[{\"a\":1},{\"a\":1,\"b/c\":2}]", "/data/1/b~1c", "the first row has no such key"),
        ("[{\"a\":1},{}]", "/data/1/a", "the key of the first row is missing; null stands for a missing value"),
        ("[[0,1,2,3,4,5,6,7,8,9,10]]", "/data/0", "the row has 11 columns; 10 are the most there may be"),
    ])
    func namesThePlace(_ text: String, _ pointer: String, _ detail: String) {
        let error = #expect(throws: FormatError.self) { try table(text) }
        #expect(error == FormatError(.invalidData, at: pointer, detail))
    }

    @Test func readsTextsBooleansAndWhatIsMissing() throws {
        let table = try table(
            """
            [{"name":"Zoë","age":3,"well":true},{"age":null,"well":null,"name":"\\"A\\""},{"well":false,"name":"Zoë","age":5}]
            """)
        #expect(table.orientation == .records)
        #expect(table.columns[0] == Column(name: "name", values: [0, 1, 0], texts: ["Zoë", "\"A\""]))
        #expect(table.columns[1].values[1].isNaN && table.columns[1].values[2] == 5)
        #expect(table.columns[2].isBoolean && table.columns[2].values[0] == 1 && table.columns[2].values[1].isNaN)
        var bytes: [UInt8] = []
        var writer = JSONRowWriter()
        writer.append(table, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"name":"Zoë","age":3,"well":true},{"name":"\"A\"","age":null,"well":null},"#))
    }

    @Test func readsAMillionNumbers() throws {
        let values = (0..<1_000_000).map { Double($0) / 8 - 1000 }
        var bytes = Array("[".utf8)
        var writer = JSONRowWriter()
        writer.append(Table(columns: [Column(name: "x", values: values)], orientation: .numbers), to: &bytes)
        #expect(try Table(json: JSONDocument(bytes + Array("]".utf8)).root, at: "").columns[0].values == values)
    }

    /// More rows than a block of the transposer holds, with an error after the first block.
    @Test func readsBeyondABlock() throws {
        let rows = (0..<20_000).map { "[\($0),\(-$0)]" }
        let read = try table("[" + rows.joined(separator: ",") + "]")
        #expect(read.columns[0].values == (0..<20_000).map(Double.init))
        #expect(read.columns[1].values == (0..<20_000).map { -Double($0) })
        let error = #expect(throws: FormatError.self) { try table("[" + rows.joined(separator: ",") + ",[1,{}]]") }
        #expect(error?.pointer == "/data/20000/1")
    }

    @Test func keysInAnotherOrderOfAWideRecordFindTheirColumns() throws {
        let keys = (0..<10).map { "k\($0)" }
        let first = keys.map { "\"\($0)\":0" }.joined(separator: ",")
        let second = keys.reversed().enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let table = try table("[{\(first)},{\(second)}]")
        #expect(table.columns.map(\.values[1]) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    }
}
