import Formats
import TestSupport
import Testing

/// Long texts are read by blocks, and say what short ones say.
struct JSONTextTests {
    private static let block = JSONText.blockBytes

    /// What the text is read as: by blocks where it is long.
    private func table(_ text: String, limits: ReadingLimits = ReadingLimits()) throws -> Table {
        let bytes = Array(text.utf8)
        let parsed = try JSONText(bytes.span, limits: limits)
        let root = parsed.document.root
        let pointer = root.kind == .object ? "/data" : ""
        let data = try #require(root.kind == .object ? root["data"] : root)
        return try parsed.table(bytes.span, at: pointer, limits: limits) { _ in }
            ?? Table(json: data, at: pointer, limits: limits)
    }

    private func error(_ text: String, limits: ReadingLimits = ReadingLimits()) -> FormatError? {
        do {
            _ = try table(text, limits: limits)
            return nil
        } catch {
            return error as? FormatError
        }
    }

    /// The same rows before and behind each other, as many as make two blocks and more.
    private func long(_ row: String, separator: String = ",") -> String {
        Array(repeating: row, count: (3 * Self.block / 2) / (row.utf8.count + 1)).joined(separator: separator)
    }

    /// Whether tables are the same to the bit: a missing value is equal to none.
    private func areSame(_ a: Table, _ b: Table) -> Bool {
        a.orientation == b.orientation && a.names == b.names
            && zip(a.columns, b.columns).allSatisfy {
                $0.texts == $1.texts && $0.isBoolean == $1.isBoolean
                    && $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
            }
    }

    @Test(arguments: [
        ["1.5", "-2"], ["[1,2]", "[3e2,4]"], [#"{"a":1,"b":2}"#, #"{"b":3,"a":4}"#], [#"["x]\"",1]"#, #"[",[",null]"#],
        [#"{"a":true,"b":"é"}"#, #"{"a":null,"b":"\\"}"#], ["[1]", #"[100000000000000000000]"#],
    ])
    func isTheSameAsAtOnce(_ rows: [String]) throws {
        for first in [0, 1] {
            let text = "[" + long(rows[first]) + "," + long(rows[1 - first]) + "]"
            let whole = try Table(json: JSONDocument(Array(text.utf8)).root, at: "")
            #expect(try areSame(table(text), whole))
            let object = " {\"n\" : 1, \"data\":\(text) , \"scores\":[\(long("0.5"))]}"
            #expect(try areSame(table(object), whole))
            let lines = long(rows[first], separator: "\n\n") + "\n" + long(rows[1 - first], separator: "\n")
            #expect(try areSame(JSONText.table(lines: Array(lines.utf8).span), whole))
        }
    }

    @Test func errorsStandWhereTheyAre() {
        let rows = long("[1,2]")
        let count = rows.utf8.count / 6 + 1
        #expect(error("[\(rows),[1,\"x\"]]")?.pointer == "/\(count)/1")
        #expect(error("{\"data\":[\(rows),[1]]}")?.pointer == "/data/\(count)")
        let keys = long("{\"a\":1}")
        let last = (keys.utf8.count + 1) / 8
        #expect(
            error("[\(keys),{\"a\":1,\"a\":2}]")
                == FormatError(.invalidJSON, at: "/\(last)/a", "the object has this key twice"))
        #expect(error("[\(rows),\n[1,2,]]")?.detail == "line 2, byte 6: a value is missing")
        #expect(error("[\(rows),\n]")?.detail == "line 2, byte 1: a value is missing")
        #expect(error("[\(rows)}")?.detail.hasSuffix("a comma or a closing bracket is missing") == true)
        #expect(error("[\(rows)")?.detail.hasSuffix("the text ends inside an array") == true)
        #expect(error("[\(rows)] x")?.detail.hasSuffix("there is more after the end of the value") == true)
        #expect(error("{\"data\":[\(rows)],\"data\":[1]}")?.pointer == "/data")
        #expect(error("[" + String(repeating: "[", count: 2 * Self.block))?.detail.contains("1000 deep") == true)
    }

    /// Whatever becomes of a long text, it is refused or read as it would be at once.
    @Test func isRefusedWhereAShortOneIs() throws {
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("[]{},:\"\\01.e- n".utf8)
        let text = Array("[\(long(#"{"a":1,"b":"x"}"#))]".utf8)
        for _ in 0..<60 {
            var bytes = text
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = alphabet.randomElement(using: &generator)!
            func read(_ body: () throws -> Table) -> Table? { try? body() }
            let whole = read { try Table(json: JSONDocument(bytes).root, at: "") }
            let blocks = read {
                try JSONText(bytes.span).table(bytes.span, at: "", limits: ReadingLimits()) { _ in }
                    ?? Table(json: JSONDocument(bytes).root, at: "")
            }
            #expect(whole == blocks)
        }
    }

    @Test func limitsHoldBeforeTheRowsAreThere() {
        let numbers = "[\(long("0"))]"
        let few = error(numbers, limits: ReadingLimits(rows: 700_000))
        #expect(few?.code == .invalidData && few?.hint == FormatError.piecesHint)
        #expect(error(numbers, limits: ReadingLimits(bytes: 1 << 20))?.code == .tooLarge)
        #expect(error("[\(long("[0]"))]", limits: ReadingLimits(rows: 100_000))?.code == .invalidData)
        #expect(error("[\(long(#"[""]"#))]", limits: ReadingLimits(rows: 100_000))?.code == .invalidData)
        // All that is not rows is parsed at once, and so is one row.
        #expect(error("{\"where\":[" + String(repeating: "0,", count: 3 * Self.block) + "0]}")?.code == .tooLarge)
        #expect(error("[[1],[" + String(repeating: "0,", count: 3 * Self.block) + "0]]")?.pointer == "/1")
    }

    @Test func otherFormatsKeepTheLimitsToo() {
        func code(_ read: () throws -> Table) -> FormatError.Code? {
            do { _ = try read() } catch { return (error as? FormatError)?.code }
            return nil
        }
        let lines = Array(String(repeating: "0\n", count: 100_000).utf8)
        let texts = Array((0..<50_000).map { "text\($0)" }.joined(separator: "\n").utf8)
        for (limits, expected) in [
            (ReadingLimits(rows: 99_999), FormatError.Code.invalidData), (ReadingLimits(bytes: 799_999), .tooLarge),
        ] {
            #expect(code { try Table(csv: lines, limits: limits) } == expected)
            #expect(code { try JSONText.table(lines: lines.span, limits: limits) } == expected)
        }
        let enough = ReadingLimits(rows: 100_000, bytes: 800_000)
        #expect(code { try Table(csv: lines, limits: enough) } == nil)
        #expect(code { try JSONText.table(lines: lines.span, limits: enough) } == nil)
        // Each of the texts takes memory beside its place.
        #expect(code { try Table(csv: texts, limits: ReadingLimits(bytes: 1_000_000)) } == .tooLarge)
        let abandoned = ReadingLimits { _ throws(FormatError) in throw FormatError(.abandoned, "nobody is there") }
        #expect(code { try Table(csv: lines, limits: abandoned) } == .abandoned)
        #expect(code { try table("[\(long("0"))]", limits: abandoned) } == .abandoned)
    }
}
