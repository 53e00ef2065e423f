import CEpoll
import Glibc

/// Reports the sockets of a loop that can be read or written: epoll(7), edge-triggered, so that a socket is registered
/// once and costs no further call.
@safe struct Poller: ~Copyable {
    /// A change of a socket.
    struct Event {
        var token: UInt64
        fileprivate var flags: UInt32

        var isReadable: Bool { flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 }
        /// The client has ended its input; it may still read.
        var hasEnded: Bool { flags & EPOLLRDHUP.rawValue != 0 }
        /// The connection has ended in both directions, or failed.
        var isBroken: Bool { flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    }

    /// Readable for Dispatch while there are events.
    let descriptor: Int32
    private var events: [epoll_event]

    init() throws(SocketError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SocketError(call: "epoll_create1", code: errno) }
        unsafe events = Array(repeating: epoll_event(), count: 256)
    }

    deinit { close(descriptor) }

    /// Begins to report a socket.
    func add(_ descriptor: Int32, token: UInt64) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        unsafe event.data.u64 = token
        _ = unsafe epoll_ctl(self.descriptor, EPOLL_CTL_ADD, descriptor, &event)
    }

    func remove(_ descriptor: Int32) { _ = epoll_ctl(self.descriptor, EPOLL_CTL_DEL, descriptor, nil) }

    /// The number of events, now or within `timeout` milliseconds.
    mutating func poll(forMilliseconds timeout: Int32 = 0) -> Int {
        Int(max(0, unsafe epoll_wait(descriptor, &events, Int32(events.count), timeout)))
    }

    /// The number of events after other threads have had a turn on this processor.
    mutating func pollAfterOthers() -> Int {
        sched_yield()
        return poll()
    }

    /// An event of the last poll.
    subscript(index: Int) -> Event {
        Event(token: unsafe events[index].data.u64, flags: unsafe events[index].events)
    }
}
