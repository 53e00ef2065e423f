import Formats
import Testing

struct JSONElementTests {
    private func root(_ text: String) throws -> JSONElement { try JSONDocument(Array(text.utf8)).root }

    @Test func readsAnEnvelope() throws {
        let root = try root(
            "{\"data\":[1],\"model\":\"x\\n\\ud83d\\ude00\",\"options\":{},\"keep\":false,\"seed\":null}")
        #expect(root.members.map(\.key) == ["data", "model", "options", "keep", "seed"])
        #expect(root.members.map(\.value.kind) == [.array, .string, .object, .boolean, .null])
        #expect(root["model"]?.string == "x\n😀")
        #expect(root["keep"]?.bool == false)
        #expect(root["seed"]?.isNull == true)
        #expect(root["other"] == nil)
        #expect(Array(root["options"]!.members).isEmpty)
    }

    @Test func readsIntegersExactly() throws {
        let values = Array(
            try root("[9223372036854775807,-9223372036854775808,18446744073709551615,10.0,1e1,0.5,-1,\"1\"]").elements)
        #expect(values.map { $0.integer(as: Int64.self) } == [.max, .min, nil, 10, 10, nil, -1, nil])
        #expect(
            values.map { $0.integer(as: UInt64.self) } == [9_223_372_036_854_775_807, nil, .max, 10, 10, nil, nil, nil])
        #expect(values[5].double == 0.5)
        #expect(values[7].double == nil)
    }

    @Test func elementsAndMembersOfAnythingElseAreNone() throws {
        for element in try root("[1,\"a\",null,{\"a\":1}]").elements {
            #expect(Array(element.elements).isEmpty)
            #expect(Array(element.members).isEmpty == (element.kind != .object))
        }
        #expect(Array(try root("7").elements).isEmpty)
    }

    @Test func outlivesTheDocumentVariable() throws {
        var document: JSONDocument? = try JSONDocument(Array("[\"kept\"]".utf8))
        let element = document!.root.elements.first { _ in true }
        document = nil
        #expect(element?.string == "kept")
    }

    @Test func tokensAreEscaped() {
        #expect(JSONElement.token("a/b~c") == "/a~1b~0c")
    }
}
