import Foundation
import HTTP
import Testing

/// TLS, with certificates made for the test.
struct TLSTests {
    /// A folder with a certificate and its key, made by openssl(1).
    private struct Certificate: ~Copyable {
        let folder: URL

        var certificate: String { folder.appendingPathComponent("certificate.pem").path }
        var key: String { folder.appendingPathComponent("key.pem").path }

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("gand-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
        }

        /// The output of s_client(1) after the answer to a request, once the server has closed.
        func complaint(_ request: String, to address: SocketAddress) async throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["openssl", "s_client", "-quiet", "-connect", address.description]
            let (input, output, errors) = (Pipe(), Pipe(), Pipe())
            (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
            try process.run()
            input.fileHandleForWriting.write(Data(request.utf8))
            return try await offThePool {
                Result {
                    _ = try output.fileHandleForReading.readToEnd()
                    return String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
                }
            }.get()
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func context(clientAuthorities: String? = nil) throws(TLSError) -> TLSContext {
            try TLSContext(certificate: certificate, privateKey: key, clientAuthorities: clientAuthorities)
        }
    }

    @Test func requestsAreAnsweredOverTLS() async throws {
        let files = try Certificate()
        let server = try TestServer(tls: files.context())
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 4) }
        let answer = try await send("POST", "/echo", to: server.address, body: body, isEncrypted: true)
        #expect(answer.body == body)
        #expect(try await send("GET", "/stream?n=100", to: server.address, isEncrypted: true).body.count == 1_000_000)
        // A new certificate serves later clients.
        try server.server.reload(Certificate().context())
        #expect(try await send("GET", "/later", to: server.address, isEncrypted: true).status == 200)
    }

    @Test func aClientThatAsksWhoAnswersBelievesNobodyItDoesNotKnow() async throws {
        let files = try Certificate()
        let server = try TestServer(tls: files.context())
        await #expect(throws: Exchange.Failure.unreachable("self-signed certificate")) {
            try await Task.detached { [address = server.address] in
                _ = try Exchange("GET", "/hello", to: Origin(address, isEncrypted: true)).status
            }.value
        }
    }

    @Test func aHandshakeThatDoesNotComeIsCutAndDelaysNobody() async throws {
        var limits = Limits()
        limits.headTimeout = .milliseconds(50)
        limits.tick = .milliseconds(10)
        let files = try Certificate()
        let server = try TestServer(limits, tls: files.context())
        let silent = RawClient(server.address)
        let plain = RawClient(server.address)
        plain.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await send("GET", "/hello", to: server.address, isEncrypted: true).status == 200)
        #expect(await silent.receiveAll() == "")
        #expect(await !plain.receiveAll().contains("HTTP"))
    }

    @Test func aClientWithoutACertificateIsTurnedAwayWhereOneIsNeeded() async throws {
        let files = try Certificate()
        let server = try TestServer(tls: files.context(clientAuthorities: files.certificate))
        await #expect(throws: Exchange.Failure.self) {
            try await send("GET", "/hello", to: server.address, isEncrypted: true)
        }
    }

    /// RFC 8446 §6.1: without close_notify, an attacker may have cut the connection.
    @Test(arguments: ["keep-alive", "close"]) func theEndIsTold(_ connection: String) async throws {
        var limits = Limits()
        limits.idleTimeout = .milliseconds(50)
        limits.tick = .milliseconds(10)
        let files = try Certificate()
        let server = try TestServer(limits, tls: files.context())
        let request = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\n\r\n"
        #expect(try await !files.complaint(request, to: server.address).contains("unexpected eof"))
    }

    @Test func filesThatCannotBeUsedAreNamed() throws {
        let files = try Certificate()
        let others = try Certificate()
        func message(_ certificate: String, _ key: String) -> String {
            do throws(TLSError) { _ = try TLSContext(certificate: certificate, privateKey: key) } catch {
                return error.description
            }
            return ""
        }
        #expect(message(files.certificate, others.key).hasPrefix("the private key \(others.key) "))
        #expect(message("/nowhere.pem", files.key).hasPrefix("the certificate /nowhere.pem cannot be used: "))
        #expect(message(files.certificate, "/nowhere.pem").hasPrefix("the private key /nowhere.pem cannot be used: "))
        #expect(message(files.key, files.key).hasPrefix("the certificate \(files.key) cannot be used: "))
    }
}
