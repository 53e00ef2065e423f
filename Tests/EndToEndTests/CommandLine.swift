import Foundation
import HTTP

/// One run of the built binary, or of a script around it.
struct CommandLine {
    let status: Int32
    let output: String
    let errors: String

    /// - Parameter input: what stands at its standard input.
    init(
        _ arguments: [String], input: String = "", executable: URL = RunningServer.binary,
        environment: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment, uniquingKeysWith: { $1 })
        let (inputPipe, outputPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
        process.standardInput = inputPipe
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        try process.run()
        // Neither pipe may fill up while the other is read.
        let reading = Thread.reading(errorPipe.fileHandleForReading)
        try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try inputPipe.fileHandleForWriting.close()
        output = String(decoding: outputPipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        errors = reading.wait()
        process.waitUntilExit()
        status = process.terminationStatus
    }
}

extension Thread {
    /// Reads a handle to its end on a thread of its own.
    fileprivate static func reading(_ handle: FileHandle) -> Reading {
        let reading = Reading()
        detachNewThread { reading.finish(String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)) }
        return reading
    }
}

/// A text that comes from another thread.
private final class Reading: @unchecked Sendable {
    private let condition = NSCondition()
    private var text: String?

    func finish(_ text: String) {
        condition.withLock {
            self.text = text
            condition.signal()
        }
    }

    func wait() -> String {
        condition.withLock {
            while text == nil { condition.wait() }
            return text ?? ""
        }
    }
}
