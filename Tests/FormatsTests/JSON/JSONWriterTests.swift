import Formats
import Testing

struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func putsCommasWhereTheyBelong() {
        let text = text {
            $0.object {
                $0.member("model", "default")
                $0.member("n", 2)
                $0.member("seed", UInt64.max)
                $0.member("absent", String?.none)
                $0.member("mean", 10.0)
                $0.member("loss", Double.nan)
                $0.member("share", 0.123_456, decimals: 2)
                $0.member("keep", false)
                $0.key("none")
                $0.null()
                $0.key("data")
                $0.array {
                    $0.array { _ in }
                    $0.object { _ in }
                    $0.value(1)
                    $0.value("a")
                    $0.value(true)
                }
            }
        }
        #expect(
            text == """
                {"model":"default","n":2,"seed":18446744073709551615,"mean":10,"loss":null,"share":0.12,"keep":false,\
                "none":null,"data":[[],{},1,"a",true]}
                """)
    }

    @Test func escapesStringsSoThatTheyReadBack() throws {
        #expect(text { $0.value("a\"\\\n\r\t\u{1}\u{1F}/ä😀") } == "\"a\\\"\\\\\\n\\r\\t\\u0001\\u001f/ä😀\"")
        for scalar in (0..<0x300).compactMap(Unicode.Scalar.init) {
            let string = "a\(Character(scalar))b"
            #expect(try JSONDocument(Array(text { $0.value(string) }.utf8)).root.string == string)
        }
    }

    @Test func takingThePartsChangesNothing() {
        var writer = JSONWriter()
        var whole: [UInt8] = []
        writer.beginObject()
        writer.member("a", 1)
        whole += writer.take()
        writer.member("b", 2)
        writer.key("c")
        whole += writer.take()
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        whole += writer.take()
        #expect(String(decoding: whole, as: UTF8.self) == "{\"a\":1,\"b\":2,\"c\":[]}")
        #expect(writer.bytes == [])
    }
}
