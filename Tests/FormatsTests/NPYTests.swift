import Formats
import Testing

struct NPYTests {
    private func header(_ descriptor: String, _ shape: String, order: String = "False", version: UInt8 = 1) -> [UInt8] {
        let text = Array("{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
        let length = [UInt8(text.count), 0] + (version > 1 ? [0, 0] : [])
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text
    }

    private func table(_ bytes: [UInt8]) throws -> Table { try Table(npy: bytes.span) }

    @Test func readsEveryElement() throws {
        let cases: [(String, [UInt8], [Double])] = [
            ("<f4", [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0], [1.5, -2]), ("|u1", [7, 255], [7, 255]),
            ("|i1", [7, 255], [7, -1]), ("<i2", [1, 0, 0xFF, 0xFF], [1, -1]),
            ("<u2", [1, 0, 0xFF, 0xFF], [1, 65_535]),
            ("<i4", [2, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF], [2, -2]), ("|b1", [0, 1], [0, 1]),
            ("<i8", [3] + [UInt8](repeating: 0, count: 7) + [UInt8](repeating: 0xFF, count: 8), [3, -1]),
            ("<f8", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [0, 0, 0, 0, 0, 0, 0, 0xC0], [1, -2]),
        ]
        for (descriptor, bytes, values) in cases {
            for version in [1, 2] as [UInt8] {
                let table = try table(header(descriptor, "(2,)", version: version) + bytes)
                #expect(table.orientation == .numbers && table.columns[0].values == values, "\(descriptor)")
            }
        }
    }

    @Test func readsRowsInEitherOrder() throws {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6]
        let rows = try table(header("|u1", "(2, 3)") + bytes)
        #expect(rows.orientation == .rows && rows.columns.map(\.values) == [[1, 4], [2, 5], [3, 6]])
        let columns = try table(header("|u1", "(2, 3)", order: "True") + bytes)
        #expect(columns.columns.map(\.values) == [[1, 2], [3, 4], [5, 6]])
    }

    @Test func whatIsWrittenIsRead() throws {
        let columns = [Column(name: "x1", values: [1, -2.5, 3e300]), Column(name: "x2", values: [0, 7, 0.1])]
        let table = Table(columns: columns, orientation: .rows)
        var writer = NPYRowWriter(rowCount: 3)
        var bytes: [UInt8] = []
        writer.append(table.rows([0, 1]), to: &bytes)
        writer.append(table.rows([2]), to: &bytes)
        #expect((bytes.count - 6 * 8) % 64 == 0)
        #expect(try self.table(bytes) == table)
    }

    @Test func refusesWhatIsNotAnArrayOfNumbers() {
        let cases: [([UInt8], FormatError.Code)] = [
            ([], .invalidNPY), (Array("PK\u{3}\u{4}0123456789".utf8), .invalidNPY),
            (header("<f4", "(2,)") + [0], .invalidNPY), (header(">f4", "(1,)") + [0, 0, 0, 0], .invalidNPY),
            (header("<U8", "(1,)") + [0], .invalidNPY), (header("|u1", "()") + [1], .invalidNPY),
            (header("|u1", "(1099511627777,)") + [1], .invalidNPY), (header("|u1", "(x,)") + [1], .invalidNPY),
            (header("|u1", "(1099511627776, 1099511627776)"), .invalidData), (header("|u1", "(0,)"), .invalidData),
            (header("|u1", "(1, 1, 1)") + [1], .invalidData), (header("|u1", "(1, 2000)") + [1], .invalidData),
            (header("<f4", "(1,)") + [0, 0, 0x80, 0x7F], .invalidData),
            (Array(header("<f4", "(1,)").prefix(20)), .invalidNPY),
            (header("|u1", "(1,)", version: 9) + [1], .invalidNPY),
        ]
        for (bytes, code) in cases {
            let error = #expect(throws: FormatError.self) { try table(bytes) }
            #expect(error?.code == code)
        }
    }

    @Test func linesOfJSONAreAnArray() throws {
        let lines = Array("{\"a\":1}\r\n\n{\"a\":2}\n  \n".utf8)
        let table = try Table(json: JSONDocument(NDJSON.array(lines.span)).root, at: "")
        #expect(table.columns == [Column(name: "a", values: [1, 2])])
        let error = #expect(throws: FormatError.self) {
            try JSONDocument(NDJSON.array(Array("{\"a\":1}\n{".utf8).span))
        }
        #expect(error?.code == .invalidJSON)
    }
}
