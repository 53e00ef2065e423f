import Dispatch
import Foundation
import Synchronization

/// Standard output, written in whole lines, many at a time.
///
/// A line waits for at most 10 ms for others to go with it, so that logging a request costs no call to the kernel.
package final class LogOutput: Sendable {
    package static let standard = LogOutput()

    private struct State {
        var lines: [UInt8] = []
        var isFlushScheduled = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "gand.log")
    /// Where the reader of the log is this far behind, those who log wait for it.
    private static let limit = 1 << 20

    func append(_ line: [UInt8], atOnce: Bool) {
        let (schedules, isFull) = state.withLock { state in
            state.lines += line
            defer { state.isFlushScheduled = true }
            return (!state.isFlushScheduled, state.lines.count > Self.limit)
        }
        if atOnce || isFull {
            flush()
        } else if schedules {
            queue.asyncAfter(deadline: .now() + .milliseconds(10)) { self.write() }
        }
    }

    /// Writes what has been logged so far.
    package func flush() { queue.sync { write() } }

    private func write() {
        let lines = state.withLock { state in
            defer { state = State() }
            return state.lines
        }
        // What a full disk or a reader that has gone away does not take is lost, and nothing else.
        if !lines.isEmpty { try? FileHandle.standardOutput.write(contentsOf: Data(lines)) }
    }
}
