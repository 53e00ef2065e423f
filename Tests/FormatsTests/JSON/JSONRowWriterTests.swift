import Formats
import TestSupport
import Testing

struct JSONRowWriterTests {
    private func text(_ pieces: [Table]) -> String {
        var writer = JSONRowWriter()
        var bytes: [UInt8] = []
        for piece in pieces { writer.append(piece, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (Table.Orientation.rows, "[1,2.5],[null,3]"), (.records, "{\"a\\\"\":1,\"b\":2.5},{\"a\\\"\":null,\"b\":3}"),
    ])
    func writesRows(_ orientation: Table.Orientation, _ expected: String) {
        let columns = [
            Column(name: "a\"", values: [1, .nan]), Column(name: "b", values: [2.5001, 2.9999], decimals: 2),
        ]
        #expect(text([Table(columns: columns, orientation: orientation)]) == expected)
    }

    @Test(arguments: [Table.Orientation.numbers, .rows, .records])
    func readsBackHoweverItIsCut(_ orientation: Table.Orientation) throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            let table = Table.random(orientation: orientation, using: &generator)
            let whole = text([table])
            #expect(try Table(json: JSONDocument(Array("[\(whole)]".utf8)).root, at: "") == table)
            let cut = Int.random(in: 0...table.rowCount, using: &generator)
            let pieces = [0..<cut, cut..<table.rowCount].map { rows in
                Table(
                    columns: table.columns.map { Column(name: $0.name, values: Array($0.values[rows])) },
                    orientation: orientation)
            }
            #expect(text(pieces) == whole)
        }
    }
}
