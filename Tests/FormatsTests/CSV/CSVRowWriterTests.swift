import Formats
import TestSupport
import Testing

struct CSVRowWriterTests {
    private func bytes(_ pieces: [Table]) -> [UInt8] {
        var writer = CSVRowWriter()
        var bytes: [UInt8] = []
        for piece in pieces { writer.append(piece, to: &bytes) }
        return bytes
    }

    @Test func writesAHeaderAndRows() {
        let columns = [
            Column(name: "a", values: [1, .infinity]), Column(name: "b,\"c\"", values: [0.126, 2], decimals: 2),
        ]
        let text = String(decoding: bytes([Table(columns: columns, orientation: .rows)]), as: UTF8.self)
        #expect(text == "a,\"b,\"\"c\"\"\"\n1,0.13\n,2\n")
    }

    /// Texts that look like gaps stay texts, and gaps of a single column stay rows.
    @Test func gapsAndTextsReadBack() throws {
        let texts: [ByteText] = ["Oslo", "NA", "null", "None", "n/a", "#N/A"]
        let table = Table(
            columns: [
                Column(name: "t", values: [0, 1, 2, .nan, 3, 4, 5], texts: texts),
                Column(name: "n", values: [1, 2, 3, 4, 5, .nan, 7]),
            ], orientation: .records)
        // Not a number is not equal to itself.
        #expect(try "\(Table(csv: bytes([table])))" == "\(table)")
        for column in table.columns {
            let alone = Table(columns: [column], orientation: .records)
            let text = bytes([alone])
            #expect(!String(decoding: text, as: UTF8.self).contains("\n\n"))
            #expect(try "\(Table(csv: text))" == "\(alone)")
        }
    }

    /// Names and texts of any bytes, to a reader that knows which columns there are.
    @Test func whatIsKnownReadsBack() throws {
        let texts: [ByteText] = ["\"\u{301}", " \u{301}", "\u{FEFF}", "a\0b", "7", "nan", "x\"\"y"]
        for names: [ByteText] in [
            ["", "1"], ["1", "2"], ["nan", "-3e5"], ["\u{FEFF}a", "\"\u{301}"], ["a\0", "NA"],
        ] {
            let table = Table(
                columns: [
                    Column(name: names[0], values: texts.indices.map(Double.init), texts: texts),
                    Column(name: names[1], values: texts.indices.map { 0x1p53 + 2 * Double($0) }),
                ], orientation: .records)
            #expect(try Table(csv: bytes([table]), asTexts: [names[0]], asNumbers: [names[1]]) == table)
        }
    }

    @Test(arguments: [Table.Orientation.numbers, .rows, .records])
    func readsBackHoweverItIsCut(_ orientation: Table.Orientation) throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let table = Table.random(orientation: orientation, using: &generator)
            let whole = bytes([table])
            #expect(try Table(csv: whole).columns == table.columns)
            let cut = Int.random(in: 0...table.rowCount, using: &generator)
            let pieces = [0..<cut, cut..<table.rowCount].map { rows in
                Table(
                    columns: table.columns.map { Column(name: $0.name, values: Array($0.values[rows])) },
                    orientation: orientation)
            }
            #expect(bytes(pieces) == whole)
        }
    }
}
