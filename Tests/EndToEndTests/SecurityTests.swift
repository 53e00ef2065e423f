import Foundation
import HTTP
import TestSupport
import Testing

/// Who may do what, and the ways in that there must not be.
@Suite(.serialized) struct SecurityTests {
    private static let (admin, reader) = ("0123456789abcdef-admin", "0123456789abcdef-read")

    private func start(_ folder: TemporaryFolder, arguments: [String] = []) throws -> RunningServer {
        try RunningServer(
            dataDirectory: folder.path, arguments: arguments,
            environment: ["GAND_API_KEYS": "admin:\(Self.admin),read:\(Self.reader)"])
    }

    private func send(
        _ server: RunningServer, _ method: String, _ target: String, _ fields: [(String, String)] = [],
        _ body: String = ""
    ) throws -> OneShot.Answer {
        try OneShot.send(method, target, to: server.address, fields: fields, body: Array(body.utf8), timeout: 60)
    }

    private func code(_ answer: OneShot.Answer) throws -> String? {
        (try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])?["code"] as? String
    }

    private func bearer(_ key: String) -> [(String, String)] { [("Authorization", "Bearer \(key)")] }

    private static let routes: [(String, String)] = [
        ("POST", "/train"), ("GET", "/sample"), ("POST", "/sample"), ("POST", "/score"), ("GET", "/jobs"),
        ("GET", "/jobs/latest"), ("GET", "/jobs/latest/events"), ("POST", "/jobs/latest/cancel"),
        ("POST", "/jobs/latest/resume"), ("GET", "/models"), ("GET", "/models/default"), ("PATCH", "/models/default"),
        ("DELETE", "/models/default"), ("GET", "/models/default/weights"), ("PUT", "/models/default/weights"),
        ("GET", "/metrics"), ("GET", "/openapi.json"), ("GET", "/none"), ("DELETE", "/train"), ("OPTIONS", "/train"),
        ("HEAD", "/models"), ("PUT", "/livez/x"), ("GET", "/Livez"),
    ]

    @Test func everyRouteButTheProbesWantsAKey() throws {
        let folder = TemporaryFolder()
        let server = try start(folder)
        for (method, path) in Self.routes {
            for target in [path, "/v1\(path)", "\(path)/", "/\(path)", "\(path)?key=\(Self.admin)"] {
                let answer = try send(server, method, target)
                #expect(answer.status == 401, "\(method) \(target)")
                #expect(answer.fields["www-authenticate"]?.hasPrefix("Bearer") == true)
                if method != "HEAD" { #expect(try code(answer) == "missing_api_key", "\(method) \(target)") }
                let wrong = try send(server, method, target, bearer("wrong"))
                #expect(wrong.status == 401, "\(method) \(target)")
            }
        }
        for path in ["/livez", "/readyz", "/health", "/", "/v1/livez", "/v1"] {
            #expect(try send(server, "GET", path).status == 200, "\(path)")
        }
        #expect(try send(server, "GET", "/models", bearer(Self.reader)).status == 200)
        #expect(try send(server, "GET", "/models", [("authorization", "bearer \(Self.reader)")]).status == 200)
    }

    @Test func aKeyForReadingChangesNothing() throws {
        let folder = TemporaryFolder()
        let server = try start(folder)
        #expect(try send(server, "POST", "/train?steps=20&wait=60", bearer(Self.admin)).status == 200)
        for (method, target) in [
            ("POST", "/train"), ("POST", "/v1/train"), ("POST", "/train?dry_run=true"), ("POST", "/jobs/latest/cancel"),
            ("POST", "/jobs/latest/resume"), ("PATCH", "/models/default"), ("DELETE", "/models/default"),
            ("PUT", "/models/default/weights"), ("POST", "/sample/x"), ("DELETE", "/sample"),
        ] {
            let answer = try send(server, method, target, bearer(Self.reader), "{}")
            #expect(answer.status == 403, "\(method) \(target)")
            #expect(try code(answer) == "forbidden")
        }
        for target in ["/sample?n=3", "/jobs", "/models/default/weights", "/jobs/latest/events"] {
            #expect(try send(server, "GET", target, bearer(Self.reader)).status == 200, "\(target)")
        }
        #expect(try send(server, "POST", "/score", bearer(Self.reader), "[1,2]").status == 200)
        #expect(try send(server, "POST", "/sample", bearer(Self.reader), #"{"n":2}"#).status == 200)
    }

    @Test func thereIsNoOtherWayIn() throws {
        let folder = TemporaryFolder()
        let server = try start(folder)
        let key = bearer(Self.admin)
        let host = server.address.description
        // What is sent, and the statuses that may answer it.
        let ways: [(String, String, [(String, String)], [Int])] = [
            ("GET", "/models", [("Authorization", Self.admin)], [401]),
            ("GET", "/models", [("Authorization", "Basic \(Self.admin)")], [401]),
            ("GET", "/models", [("Authorization", "Bearer")], [401]),
            ("GET", "/models", [("Authorization", "Bearer  ")], [401]),
            ("GET", "/models", [("Authorization", "Bearer \(Self.admin.dropLast())")], [401]),
            ("GET", "/models", [("Authorization", "Bearer \(Self.admin)0")], [401]),
            ("GET", "/models", [("Authorization", "Bearer \(Self.admin.uppercased())")], [401]),
            ("GET", "/models", [("Authorization", "Bearer \(Self.admin) \(Self.admin)")], [401]),
            ("GET", "/models", bearer("wrong") + key, [401]),
            ("GET", "/models", [("Authorization", "Bearer \(String(repeating: "a", count: 8000))")], [401]),
            ("GET", "/models", [("Authorization", "Bearer \(String(repeating: "a", count: 20_000))")], [431]),
            ("GET", "/models", [("X-Api-Key", Self.admin)], [401]),
            ("GET", "/models", [("Cookie", "Authorization=Bearer \(Self.admin)")], [401]),
            ("GET", "/models", [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")], [401]),
            ("GET", "/models", [("X-Original-URL", "/livez"), ("X-Rewrite-URL", "/livez")], [401]),
            ("POST", "/livez", [("X-HTTP-Method-Override", "GET")], [405]),
            ("GET", "/livez/../models", [], [400]), ("GET", "/livez/%2e%2e/models", [], [400]),
            ("GET", "/livez%2f..%2fmodels", [], [400, 401]),
            ("GET", "/models/..%2f..%2fetc%2fpasswd", key, [404, 422]),
            ("GET", "/models/%2e%2e/weights", key, [400]), ("GET", "/models/%00", key, [400]),
            ("GET", "/livez;/models", [], [401]), ("GET", "//livez/models", [], [401]),
            ("GET", "http://localhost/models", [], [401]), ("GET", "/v1/v1/models", key, [404]),
            ("GET", "/livez?/models", [], [200]), ("GET", "/%6dodels", [], [401]), ("GET", "/models", key, [200]),
            ("GET", "/models", key + [("Origin", "http://evil.example")], [403]),
            ("GET", "/models", key + [("Origin", "null")], [403]),
            ("GET", "/models", key + [("Origin", "http://\(host).evil.example")], [403]),
            ("GET", "/models", key + [("Origin", "http://evil.example"), ("X-Forwarded-Host", "evil.example")], [403]),
            ("GET", "/models", key + [("Sec-Fetch-Site", "cross-site")], [403]),
            ("POST", "/", key + [("Sec-Fetch-Site", "cross-site")], [403]),
            ("GET", "/models", key + [("Origin", "http://\(host)"), ("Sec-Fetch-Site", "same-origin")], [200]),
            ("GET", "/", [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")], [200]),
            ("GET", "/models", key + [("X-Request-Id", "a b")], [200]),
            ("GET", "/sample?model=%0d%0aX-Injected:%201", key, [422]),
            ("GET", "/sample?format=csv&model=a%22%0d%0aX-Injected:1", key, [422]),
        ]
        for (method, target, fields, allowed) in ways {
            let answer = try send(server, method, target, fields)
            #expect(allowed.contains(answer.status), "\(method) \(target) \(fields) gave \(answer.status)")
            #expect(answer.fields["x-request-id"] != "a b" && answer.fields["x-injected"] == nil)
            let body = String(decoding: answer.body, as: UTF8.self)
            #expect(!body.contains(folder.path) && !body.contains(Self.admin) && !body.contains(".swift"))
        }
        // Hosts: what a page whose name leads here would send.
        for (name, status) in [
            ("evil.example", 403), ("localhost.evil.example", 403), ("127.0.0.1.evil.example", 403), ("", 403),
            ("localhost:80:80", 403), ("evil.example:127", 403), ("[::1", 403), ("127.1", 403), ("0x7f.0.0.1", 403),
            ("localhost", 200), ("LOCALHOST:1", 200), ("a.localhost", 200), ("127.0.0.1:9", 200), ("[::1]:80", 200),
            ("10.1.2.3", 200),
        ] {
            let answer = try send(server, "GET", "http://\(name)/models", key)
            #expect(answer.status == (name.isEmpty ? 400 : status) || answer.status == 400 && status == 403, "\(name)")
        }
        #expect(try send(server, "GET", "/livez").status == 200)
    }

    @Test func aBodyIsNotReadWithoutAKey() throws {
        let folder = TemporaryFolder()
        let server = try start(folder)
        // Far less is sent than is announced: the answer must not wait for the rest.
        let answer = try send(server, "POST", "/train", [("Expect", "100-continue"), ("X-Padding", "a")], "[1,2]")
        #expect(answer.status == 401 && answer.fields["connection"] == "close")
    }

    @Test func keysAreReadAgain() throws {
        let (folder, files) = (TemporaryFolder(), TemporaryFolder())
        try FileManager.default.createDirectory(atPath: files.path, withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: files.path + "/keys")
        try Data("# ours\nadmin:first-key\n\nread:second-key\n".utf8).write(to: file)
        let server = try RunningServer(
            dataDirectory: folder.path, environment: ["GAND_API_KEYS_FILE": file.path])
        #expect(try send(server, "GET", "/models", bearer("first-key")).status == 200)
        try Data("admin:third-key\n".utf8).write(to: file)
        server.signal(SIGHUP)
        while try send(server, "GET", "/models", bearer("third-key")).status != 200 {}
        #expect(try send(server, "GET", "/models", bearer("first-key")).status == 401)
        // A file that is damaged locks nobody out, and lets nobody in.
        try Data("".utf8).write(to: file)
        server.signal(SIGHUP)
        #expect(try send(server, "GET", "/models").status == 401)
        #expect(try send(server, "GET", "/models", bearer("third-key")).status == 200)
        #expect(server.terminate() == 0)
    }

    @Test func aServerThatWouldBeOpenDoesNotStart() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let (empty, odd) = (folder.path + "/empty", folder.path + "/odd")
        try Data().write(to: URL(fileURLWithPath: empty))
        try Data("admin:\n".utf8).write(to: URL(fileURLWithPath: odd))
        let cases: [([String], [String: String])] = [
            (["--listen", "0.0.0.0:0"], [:]), (["--listen", "[::]:0"], [:]), (["--listen", "127.evil.example:0"], [:]),
            ([], ["GAND_API_KEYS": ""]), ([], ["GAND_API_KEYS": " , "]), ([], ["GAND_API_KEYS": "admin:"]),
            ([], ["GAND_API_KEYS": "root:key"]), ([], ["GAND_API_KEYS": "key"]), ([], ["GAND_API_KEYS_FILE": ""]),
            ([], ["GAND_API_KEYS_FILE": empty]), ([], ["GAND_API_KEYS_FILE": odd]),
            ([], ["GAND_API_KEYS_FILE": folder.path + "/none"]),
            ([], ["GAND_API_KEYS": "admin:a", "GAND_API_KEYS_FILE": odd]),
        ]
        for (arguments, environment) in cases {
            let process = Process()
            process.executableURL = RunningServer.binary
            process.arguments =
                ["serve", "--data-dir", folder.path + "/data"]
                + (arguments.isEmpty ? ["--listen", "127.0.0.1:0"] : arguments)
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 78, "\(arguments) \(environment)")
        }
    }
}
