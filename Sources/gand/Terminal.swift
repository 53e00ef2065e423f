import Formats
import Foundation
import Synchronization

/// Standard error: lines that stay, and at most one below them that the next replaces.
enum Terminal {
    private static let passing = Mutex(false)

    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// The number of columns of a stream's terminal.
    static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
        }
        return Int(size.ws_col)
    }

    /// Prints lines that stay.
    static func say(_ text: String) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)).printable }
        passing.withLock { isPassing in
            write((isPassing ? "\r\u{1B}[K" : "") + lines.joined(separator: "\n") + "\n")
            isPassing = false
        }
    }

    /// Shows a line that the next one replaces, on a terminal only.
    static func show(_ line: String) {
        guard isInteractive else { return }
        passing.withLock { isPassing in
            write("\r\u{1B}[K" + line.printable)
            isPassing = true
        }
    }

    /// Removes the passing line.
    static func clear() {
        passing.withLock { isPassing in
            if isPassing { write("\r\u{1B}[K") }
            isPassing = false
        }
    }

    private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
