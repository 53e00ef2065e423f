import HTTP
import Testing

/// The server's answers to bytes, by RFC section.
struct ConformanceTests {
    /// The request after each case, on the same connection.
    private static let behind = Array("GET /items/behind HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)

    /// After a refusal the connection closes, and pipelined requests are not answered; after any other answer the next
    /// request is.
    @Test func everyCaseIsAnsweredAsItMust() async throws {
        let server = try TestServer()
        for example in Case.all {
            let client = RawClient(server.address)
            client.send(example.bytes + Self.behind)
            client.finish()
            let answer = await client.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 \(example.status) "), "\(example.name)")
            #expect(answer.hasSuffix("\r\n\r\nbehind") != example.isRefused, "\(example.name)")
            #expect(answer.components(of: "HTTP/1.1 ") == (example.isRefused ? 1 : 2), "\(example.name)")
            #expect(answer.contains("Connection: close\r\n"), "\(example.name)")
        }
        await server.server.shutDown(within: .seconds(1))
    }

    /// The kernel may cut the bytes anywhere; every cut must be read alike.
    @Test(arguments: Case.all) func everyCutMeansTheSame(_ example: Case) throws {
        let bytes = example.bytes + Self.behind
        let whole = Reading(of: [bytes[...]])
        #expect(whole.refusals.first == (example.isRefused ? example.status : nil))
        #expect(whole.requests == (example.isRefused ? 0 : 2))
        // Long cases repeat themselves: a few cuts are enough.
        for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 400)) {
            #expect(Reading(of: [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
        guard bytes.count < 400 else { return }
        #expect(Reading(of: bytes.indices.map { bytes[$0...$0] }) == whole, "byte by byte")
    }

    @Test func thereAreCasesEnough() { #expect(Case.all.count >= 200) }
}

extension Case: CustomTestStringConvertible {
    var testDescription: String { name }
}

extension String {
    /// The number of occurrences of a text.
    func components(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
