import CEpoll
import Glibc

/// Wakes a poller from another thread: an eventfd(2).
final class Waker: Sendable {
    /// The token of its events; no socket has it.
    static let token = UInt64.max

    let descriptor: Int32

    init() throws(SocketError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SocketError(call: "eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    func wake() { eventfd_write(descriptor, 1) }
}
