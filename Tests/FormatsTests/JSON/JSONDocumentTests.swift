import Formats
import TestSupport
import Testing

struct JSONDocumentTests {
    private func error(_ text: String) -> FormatError? { error(Array(text.utf8)) }

    private func error(_ bytes: [UInt8]) -> FormatError? {
        #expect(throws: FormatError.self) { try JSONDocument(bytes) }
    }

    @Test(arguments: [
        ("", "the body is empty"),
        (" \r\n\t", "the body is nothing but white space"),
        ("{", "line 1, byte 2: a key in double quotes is missing"),
        ("[", "line 1, byte 2: the text ends where a value is due"),
        ("[1", "line 1, byte 3: the text ends inside an array"),
        ("{\"a\":1", "line 1, byte 7: the text ends inside an object"),
        ("[1,\n 2,]", "line 2, byte 4: a value is missing"),
        ("[1 2]", "line 1, byte 4: a comma or a closing bracket is missing"),
        ("{\"a\":1]", "line 1, byte 7: a comma or a closing brace is missing"),
        ("{\"a\" 1}", "line 1, byte 6: a colon is missing after a key"),
        ("{a:1}", "line 1, byte 2: a key in double quotes is missing"),
        ("[1] 2", "line 1, byte 5: there is more after the end of the value"),
        ("[NaN]", "line 1, byte 2: JSON has no NaN and no infinity"),
        ("[1,Infinity]", "line 1, byte 4: JSON has no NaN and no infinity"),
        ("[-Infinity]", "line 1, byte 3: a digit is missing"),
        ("[True]", "line 1, byte 2: a value is missing"),
        ("[1e999]", "line 1, byte 2: the number is too large for a 64-bit float"),
        ("[01]", "line 1, byte 2: a number begins with a zero too many"),
        ("[1.]", "line 1, byte 4: a digit is missing"),
        ("[.5]", "line 1, byte 2: a value is missing"),
        ("[+5]", "line 1, byte 2: a value is missing"),
        ("[1e]", "line 1, byte 4: a digit is missing"),
        ("[\"secret]", "line 1, byte 2: the string that begins here has no end"),
        ("[\"a\nb\"]", "line 1, byte 4: a control character in a string is not escaped"),
        ("[\"\\x\"]", "line 1, byte 3: there is no such escape"),
        ("[\"\\u12g4\"]", "line 1, byte 7: \\u is not followed by four hexadecimal digits"),
        ("[\"\\ud800\"]", "line 1, byte 3: half of a surrogate pair stands alone"),
        ("[\"\\udc00\"]", "line 1, byte 3: half of a surrogate pair stands alone"),
    ])
    func saysWhereTheTextIsWrong(_ text: String, _ detail: String) {
        let error = error(text)
        #expect(error == FormatError(.invalidJSON, detail))
    }

    @Test func refusesInvalidUTF8() {
        #expect(
            error([0x5B, 0x22, 0xFF, 0x22, 0x5D])?.detail
                == "line 1, byte 2: the string that begins here is not valid UTF-8")
    }

    @Test func refusesDeepNesting() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(error(nested(100_000))?.detail == "arrays and objects are nested more than 1000 deep")
        #expect(throws: Never.self) { try JSONDocument(Array(nested(1000).utf8)) }
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "/a"),
        ("[0,{\"b\":{\"x\":1,\"y\":[],\"x\":2}}]", "/1/b/x"),
        ("{\"a/b\":[{},{\"~\":1,\"\\u007e\":2}]}", "/a~1b/1/~0"),
        ("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"d\":{}}", "/d"),
    ])
    func refusesRepeatedKeys(_ text: String, _ pointer: String) {
        #expect(error(text) == FormatError(.invalidJSON, at: pointer, "the object has this key twice"))
    }

    @Test func readsIntegersBeyond64BitsAsDoubles() throws {
        let text = "[100000000000000000000,18446744073709551615,-9223372036854775809,7]"
        let values = try JSONDocument(Array(text.utf8)).root.elements.map(\.double)
        #expect(values == [1e20, 18_446_744_073_709_551_616, -9_223_372_036_854_775_808, 7])
    }

    @Test func ignoresAByteOrderMark() throws {
        #expect(try JSONDocument([0xEF, 0xBB, 0xBF] + Array("true".utf8)).root.bool == true)
        #expect(error([0xEF, 0xBB, 0xBF])?.detail == "the body is empty")
    }

    /// Whatever becomes of a text, it is refused or a table of finite numbers.
    @Test func survivesMutations() throws {
        let texts = [
            "{\"data\":[1,2.5e-3,-4],\"model\":\"a\\u00e4\\n\",\"options\":{\"seed\":5,\"keep\":true,\"tags\":null}}",
            "[[1,2],[3,4],[5.5,6e10]]", "[{\"x\":1,\"y\":2},{\"y\":3,\"x\":4}]", "[100000000000000000000,1e308]",
        ]
        let alphabet = Array("[]{},:\"\\0123456789.eE+-ntfu \n".utf8) + [0, 0x80, 0xC3, 0xFF]
        var generator = SeededGenerator(seed: 3)
        var tables = 0
        for round in 0..<20_000 {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = alphabet.randomElement(using: &generator)!
                case 1: bytes.insert(alphabet.randomElement(using: &generator)!, at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            do throws(FormatError) {
                let root = try JSONDocument(bytes).root
                let table = try Table(json: root.kind == .object ? root["data"] ?? root : root, at: "")
                #expect(table.columns.allSatisfy { $0.values.allSatisfy(\.isFinite) })
                tables += 1
            } catch {
                #expect(error.detail != "the text is not JSON", "\(bytes)")
            }
        }
        #expect(tables > 1000)
    }
}
