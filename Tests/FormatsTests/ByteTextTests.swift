import Formats
import Foundation
import Testing

/// One word in two spellings of Unicode, which Swift's strings take for one.
struct ByteTextTests {
    private static let (whole, parts) = ("caf\u{E9}", "cafe\u{301}")

    @Test func textsAreToldApartByTheirBytes() {
        #expect(Self.whole == Self.parts)
        let (whole, parts) = (ByteText(Self.whole), ByteText(Self.parts))
        #expect(whole != parts && whole == ByteText("caf\u{E9}"))
        #expect(Set([whole, parts, whole]).count == 2)
        // The sign for kelvins and the letter, marks in another order, and one that begins as the other.
        #expect(ByteText("\u{212A}") != "K" && ByteText("a\u{323}\u{301}") != "a\u{301}\u{323}")
        #expect(ByteText("a") != "ab" && ByteText("") == "")
    }

    /// The order is that of bytes, and so the same in every process.
    @Test func theOrderIsThatOfBytes() {
        let texts: [ByteText] = ["z", "\u{1F600}", "e\u{301}", "\u{E9}", "a", "", "\u{FFFD}", "ab"]
        let sorted = texts.sorted()
        #expect(sorted == ["", "a", "ab", "e\u{301}", "z", "\u{E9}", "\u{FFFD}", "\u{1F600}"])
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { !($1 < $0) && $0 < $1 })
    }

    @Test func aPlaceIsTheFirst() {
        let places = Dictionary<ByteText, Int>(placesOf: ["a", "b", "a", "caf\u{E9}", "cafe\u{301}"])
        #expect(places == ["a": 0, "b": 1, "caf\u{E9}": 3, "cafe\u{301}": 4])
    }

    /// Foundation's objects take two spellings of a key for one: such names are kept otherwise, and others as ever.
    @Test func namesAreKeptApart() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let plain: TextMap = ["b": "2", "a": "1"]
        #expect(try String(decoding: encoder.encode([plain]), as: UTF8.self) == #"[{"a":"1","b":"2"}]"#)
        let both: TextMap = ["caf\u{E9}": "1", "cafe\u{301}": "2", "x": "3"]
        for map in [plain, both, [:]] {
            #expect(try JSONDecoder().decode([TextMap].self, from: encoder.encode([map])) == [map])
        }
        #expect(both.pairs.map(\.text) == ["2", "1", "3"] && both.pairs.count == both.count)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(TextMap.self, from: Data(#"["a"]"#.utf8)) }
    }

    @Test(arguments: [
        ("plain caf\u{E9} \u{1F600}", "plain caf\u{E9} \u{1F600}"), ("\u{1B}[31mred\u{7}", #"\u{1B}[31mred\u{7}"#),
        ("a\r\nb\tc", #"a\u{D}\u{A}b\u{9}c"#), ("\u{9B}2J\u{7F}", #"\u{9B}2J\u{7F}"#),
        ("\u{202E}cba\u{2066}", #"\u{202E}cba\u{2066}"#), ("a\u{2028}b\u{200F}", #"a\u{2028}b\u{200F}"#),
        // A mark behind a control is no part of it.
        ("\u{1B}\u{301}", "\\u{1B}\u{301}"),
    ])
    func aTerminalObeysNothing(_ text: String, _ shown: String) {
        #expect(Array(text.printable.utf8) == Array(shown.utf8))
    }

    /// Keys and values of records in both spellings, also where some come only in later rows.
    @Test func recordsKeepSpellingsApart() throws {
        let json =
            #"[{"\#(Self.whole)":"x","\#(Self.parts)":"\#(Self.whole)"},"#
            + #"{"\#(Self.parts)":"\#(Self.parts)","\#(Self.whole)":"x"}]"#
        let table = try Table(json: JSONDocument(Array(json.utf8)).root, at: "")
        #expect(table.names == [ByteText(Self.whole), ByteText(Self.parts)])
        #expect(table.columns[1].texts == [ByteText(Self.whole), ByteText(Self.parts)])
        #expect(table.columns.map(\.values) == [[0, 0], [0, 1]])
        // The same words of other bytes are other keys.
        let other = #"[{"\#(Self.whole)":1},{"\#(Self.parts)":"x"}]"#
        let error = #expect(throws: FormatError.self) { try Table(json: JSONDocument(Array(other.utf8)).root, at: "") }
        #expect(error?.detail == "the first row has no such key")
    }

    @Test func rowsOfTextsAreRead() throws {
        let json = #"[["a",1,true,null],["b",null,false,"q\"\u0000"],["a",3,true,""],["",4,null,"\\"]]"#
        let columns = try Table(json: JSONDocument(Array(json.utf8)).root, at: "").columns
        #expect(columns[0].texts == ["a", "b", ""] && columns[0].values == [0, 1, 0, 2])
        #expect(columns[3].texts == ["q\"\0", "", "\\"] && columns[3].values.dropFirst() == [0, 1, 2])
    }

    /// Marks that merge with what CSV is written with, and both spellings, in names and in values.
    @Test func csvComesBack() throws {
        let texts: [ByteText] = [
            "caf\u{E9}", "cafe\u{301}", "\u{301}", "a,\u{301}b", "\"\u{301}", "\u{600}\"\u{301}x", " \u{301}",
            "x \u{301}",
            "\r\n", "a\r\n\u{301}", "\u{212A}", "K", "\u{37E}", "\u{600},",
        ]
        for name in texts {
            let table = Table(
                columns: [
                    Column(name: name, values: texts.indices.map(Double.init), texts: texts),
                    Column(name: "n", values: texts.indices.map(Double.init)),
                ], orientation: .records)
            var bytes: [UInt8] = []
            var writer = CSVRowWriter()
            writer.append(table, to: &bytes)
            #expect(try Table(csv: bytes) == table, "\(name)")
        }
        let names = Table(columns: texts.map { Column(name: $0, values: [1, 2]) }, orientation: .records)
        var bytes: [UInt8] = []
        var writer = CSVRowWriter()
        writer.append(names, to: &bytes)
        #expect(try Table(csv: bytes).names == texts)
    }
}
