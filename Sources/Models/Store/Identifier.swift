package import Foundation
import Synchronization

/// Makes UUIDs of version 7 in lower case: they sort by time, and within one process none sorts before an earlier one.
package enum Identifier {
    private struct State {
        var milliseconds: UInt64 = 0
        var counter: UInt64 = 0
    }

    private static let state = Mutex(State())

    package static func next(at time: Date = .now) -> String {
        let now = UInt64(max(0, time.millisecondsSince1970))
        let (milliseconds, counter) = state.withLock { state in
            // RFC 9562, section 6.2, method 1: a counter orders the identifiers of one millisecond. It starts below
            // half of its 12 bits so that it has room; when it is full, or the clock went back, time is borrowed.
            if now > state.milliseconds {
                state.milliseconds = now
                state.counter = .random(in: 0..<0x800)
            } else if state.counter < 0xfff {
                state.counter += 1
            } else {
                state.milliseconds += 1
                state.counter = 0
            }
            return (state.milliseconds, state.counter)
        }
        // RFC 9562, section 5.7: 48 bits of time, version, 12 bits, variant, 62 random bits.
        let high = (milliseconds & 0xffff_ffff_ffff) << 16 | 0x7000 | counter
        let low = UInt64.random(in: 0...(.max >> 2)) | 0x8000_0000_0000_0000
        let digits = hexadecimal(high) + hexadecimal(low)
        return [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
            .map { String(digits.dropFirst($0.0).prefix($0.1 - $0.0)) }
            .joined(separator: "-")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
