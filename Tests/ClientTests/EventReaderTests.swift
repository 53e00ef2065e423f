import Client
import Testing

struct EventReaderTests {
    private let stream =
        "retry: 1\r\n\r\n: ping\n\nid: 7\nevent: progress\ndata: {\"a\":\ndata: 1}\n\nid:8\rdata:x\r\rdata: unfinished"

    @Test func eventsAreTheSameHoweverTheyAreCut() {
        let bytes = Array(stream.utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            var reader = EventReader()
            var events: [EventReader.Event] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += reader.read(Array(bytes[start..<min(bytes.count, start + size)]))
            }
            #expect(
                events == [
                    EventReader.Event(id: "7", name: "progress", data: "{\"a\":\n1}"),
                    EventReader.Event(id: "8", name: "message", data: "x"),
                ])
            #expect(reader.lastID == "8")
        }
    }

    @Test func aStreamThatBeginsAnewKeepsTheLastIDAlone() {
        var reader = EventReader()
        _ = reader.read(Array("id: 3\ndata: a\n\nevent: lost\nda".utf8))
        reader.restart()
        #expect(reader.read(Array("data: b\n\n".utf8)) == [EventReader.Event(id: "3", name: "message", data: "b")])
    }
}
