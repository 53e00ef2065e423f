import Foundation

/// The target of data: standard output, or a file, which appears only when it is complete.
package final class Output {
    private let handle: FileHandle
    private let path: String?
    private let temporary: String?
    private var isFinished = false

    /// - Parameter path: a file; `nil` and `-` are standard output.
    package init(_ path: String?) throws(Fault) {
        guard let path, path != "-" else {
            handle = .standardOutput
            self.path = nil
            temporary = nil
            return
        }
        let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw .file("\(path) cannot be written") }
        self.handle = handle
        self.path = path
        self.temporary = temporary
    }

    deinit {
        if let temporary, !isFinished { try? FileManager.default.removeItem(atPath: temporary) }
    }

    package func write(_ bytes: [UInt8]) throws(Fault) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw .file("\(path ?? "standard output") cannot be written: \(Self.reason(error))")
        }
    }

    /// Renames the complete file to its name.
    package func finish() throws(Fault) {
        isFinished = true
        guard let path, let temporary else { return }
        do {
            try handle.close()
        } catch {
            throw .file("\(path) cannot be written: \(Self.reason(error))")
        }
        guard unsafe rename(temporary, path) == 0 else { throw .file("\(path) cannot be written") }
    }

    private static func reason(_ error: any Error) -> String {
        let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError).code
        return unsafe String(cString: strerror(Int32(truncatingIfNeeded: code)))
    }
}
