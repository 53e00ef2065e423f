import Foundation
import HTTP
import Testing

/// The addresses of a server.
struct ListeningTests {
    @Test(
        arguments: [
            ("127.0.0.1:80", .network(host: "127.0.0.1", port: 80)), ("[::1]:0", .network(host: "::1", port: 0)),
            ("localhost:8080", .network(host: "localhost", port: 8080)), ("unix:/run/gand", .unix(path: "/run/gand")),
            ("::1:80", nil), ("a", nil), (":80", nil), ("a:65536", nil), ("a:-1", nil), ("unix:", nil),
            ("unix:run/gand", nil), ("unix:/" + String(repeating: "a", count: 107), nil),
        ] as [(String, SocketAddress?)]) func anAddressIsRead(_ text: String, _ address: SocketAddress?)
    {
        #expect(SocketAddress(text) == address)
        if let address { #expect(address.description == text) }
    }

    @Test func aUnixDomainSocketIsServedAndRemoved() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gand-\(UUID().uuidString)").path
        let server = try TestServer()
        let address = SocketAddress.unix(path: path)
        #expect(try server.server.listen(on: address) == address)
        #expect(try await send("GET", "/hello", to: address).body == Array("hello".utf8))
        // A socket with a listener is not replaced.
        #expect(throws: SocketError.self) { try server.server.listen(on: address) }
        await server.server.shutDown(within: .seconds(1))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// A server with a full backlog does not answer, but it is alive.
    @Test func onlyTheSocketOfAServerThatIsGoneIsReplaced() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gand-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try TestServer()
        do {
            let listener = UnixSocket()
            let isListening = listener.bind(path) == 0 && listener.listen(backlog: 0) == 0
            #expect(isListening)
            // The second client finds the backlog full, and does not wait.
            let first = UnixSocket()
            let second = UnixSocket()
            let statuses = (first.connect(path), second.connect(path))
            #expect(statuses == (0, -1))
            #expect(throws: SocketError.self) { try server.server.listen(on: .unix(path: path)) }
            #expect(FileManager.default.fileExists(atPath: path))
        }
        #expect(try server.server.listen(on: .unix(path: path)) == .unix(path: path))
        #expect(try await send("GET", "/hello", to: .unix(path: path)).status == 200)
        await server.server.shutDown(within: .seconds(1))
    }

    @Test func bothFamiliesAreServedByOneListener() async throws {
        let server = try TestServer()
        guard case .network(_, let port) = try server.server.listen(on: .network(host: "::", port: 0)) else { return }
        for host in ["127.0.0.1", "::1"] {
            let answer = try await send("GET", "/hello", to: .network(host: host, port: port))
            #expect(answer.body == Array("hello".utf8))
        }
    }

    @Test func theTargetsHostComesBeforeTheField() async throws {
        let server = try TestServer()
        let answer = try await send("GET", "http://there:81/host", to: server.address)
        #expect(answer.body == Array("there:81".utf8))
        #expect(try await send("GET", "/host", to: server.address).body == Array(server.address.description.utf8))
    }
}
