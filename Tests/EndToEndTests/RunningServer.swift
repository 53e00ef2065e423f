import Foundation
import HTTP

/// The built binary, serving on a port of its own.
final class RunningServer {
    let address: SocketAddress
    private let process: Process
    private let output: FileHandle

    struct DidNotStart: Error {}

    static var binary: URL {
        // Tests/EndToEndTests/RunningServer.swift is three levels below the package.
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/release/gand")
    }

    init(dataDirectory: String, arguments: [String] = [], environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = Self.binary
        process.arguments =
            ["serve", "--listen", "127.0.0.1:0", "--data-dir", dataDirectory, "--log-format", "json"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        output = pipe.fileHandleForReading
        var text = ""
        while !text.contains("\"address\":\"http://") || !text.hasSuffix("\n") {
            let piece = output.availableData
            guard !piece.isEmpty else { throw DidNotStart() }
            text += String(decoding: piece, as: UTF8.self)
        }
        guard let start = text.range(of: "\"address\":\"http://"),
            let found = SocketAddress(String(text[start.upperBound...].prefix { $0 != "\"" }))
        else { throw DidNotStart() }
        address = found
        // Nobody reads the log further, and a full pipe would stop the server. The thread ends with the server.
        let log = output
        Thread.detachNewThread { while !log.availableData.isEmpty {} }
    }

    deinit { kill() }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// Asks it to stop, and returns its exit code.
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func send(_ method: String, _ target: String, _ body: String = "") throws -> OneShot.Answer {
        try OneShot.send(method, target, to: address, body: Array(body.utf8), timeout: 600)
    }

    func send(
        _ method: String, _ target: String, _ body: [UInt8] = [], as type: String, accept: String = "*/*"
    ) throws -> OneShot.Answer {
        try OneShot.send(
            method, target, to: address, fields: [("Content-Type", type), ("Accept", accept)], body: body, timeout: 600)
    }

    func json(_ method: String, _ target: String, _ body: String = "") throws -> [String: Any] {
        let answer = try send(method, target, body)
        return try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] ?? [:]
    }
}
