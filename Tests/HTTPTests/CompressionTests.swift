import HTTP
import Testing

/// Compressed answers.
struct CompressionTests {
    @Test(
        arguments: [
            ("gzip", true), ("GZIP", true), ("x-gzip", true), ("br, gzip", true), ("*", true), ("gzip;q=0.5, br", true),
            ("gzip; q=0.001", true), ("", false), ("identity", false), ("br", false), ("gzip;q=0", false),
            ("*, gzip;q=0", false), ("*;q=0", false), ("*;q=0, gzip", true), ("gzip;q=x", false),
        ] as [(String?, Bool)]) func qualitiesDecide(_ field: String?, _ isAccepted: Bool)
    {
        #expect(Gzip.isAccepted(field) == isAccepted)
    }

    private func get(_ target: String, _ method: String = "GET", accepts: String = "gzip") async throws
        -> OneShot.Answer
    {
        let server = try TestServer()
        return try await send(method, target, to: server.address, fields: [("Accept-Encoding", accepts)])
    }

    private func expanded(_ bytes: [UInt8]) throws -> [UInt8] {
        let inflater = Inflater()
        var expanded: [UInt8] = []
        try inflater.inflate(bytes[...]) { expanded += $0 }
        #expect(inflater.isAtEnd)
        return expanded
    }

    @Test func aTextIsCompressed() async throws {
        let answer = try await get("/text")
        #expect(answer.fields["content-encoding"] == "gzip")
        #expect(answer.fields["vary"] == "Accept-Encoding")
        #expect(answer.fields["etag"] == "W/\"1\"")
        #expect(answer.body.count < 200)
        #expect(try expanded(answer.body) == [UInt8](repeating: 0x61, count: 5000))
    }

    @Test func headSaysTheSame() async throws {
        var get = try await get("/text")
        let head = try await self.get("/text", "HEAD")
        get.body = []
        for name in ["x-request-id", "date"] { get.fields[name] = head.fields[name] }
        #expect(head == get)
    }

    @Test func aClientThatDoesNotAskGetsThePlainText() async throws {
        let answer = try await get("/text", accepts: "identity")
        #expect(answer.fields["content-encoding"] == nil)
        #expect(answer.fields["vary"] == "Accept-Encoding")
        #expect(answer.fields["etag"] == "\"1\"")
        #expect(answer.body.count == 5000)
    }

    @Test func aStreamIsCompressedAsItGoes() async throws {
        let answer = try await get("/texts")
        #expect(answer.fields["transfer-encoding"] == "chunked")
        #expect(try expanded(answer.body) == [UInt8](repeating: 0x61, count: 15_000))
    }

    /// RFC 9110 §15.4.5: with the tag and the Vary of the 200.
    @Test(
        arguments: [
            ("gzip", "W/\"1\"", "W/\"1\""), ("gzip", "\"0\", W/\"1\"", "W/\"1\""), ("gzip", "\"1\"", "\"1\""),
            ("identity", "W/\"1\"", "\"1\""), ("gzip", "*", "\"1\""),
        ])
    func anUnchangedTextKeepsItsTag(_ accepted: String, _ known: String, _ tag: String) async throws {
        let server = try TestServer()
        for (target, vary) in [("/text", "Accept-Encoding"), ("/texts", "Accept, Accept-Encoding")] {
            let answer = try await send(
                "GET", target, to: server.address, fields: [("Accept-Encoding", accepted), ("If-None-Match", known)])
            #expect(answer.status == 304)
            #expect(answer.fields["etag"] == tag)
            #expect(answer.fields["vary"] == vary)
        }
    }

    @Test(arguments: ["/short", "/image"]) func bodiesThatGainNothingAreNotCompressed(_ target: String) async throws {
        let answer = try await get(target)
        #expect(answer.fields["content-encoding"] == nil)
        #expect(answer.fields["vary"] == nil)
    }
}
