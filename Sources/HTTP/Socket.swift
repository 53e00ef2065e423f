// The only file that calls the kernel.
import Glibc

/// A call to the kernel that failed.
package struct SocketError: Error, Equatable, CustomStringConvertible {
    package var call: String
    package var code: Int32

    package var description: String { unsafe "\(call): \(String(cString: strerror(code)))" }
    package var isAddressInUse: Bool { code == EADDRINUSE }
    /// Whether this end has run out of descriptors or memory: something to wait out.
    var isExhaustion: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }
}

/// A socket, closed when it goes out of scope.
struct Socket: ~Copyable {
    /// What a read or a write came to.
    enum Outcome: Equatable {
        case bytes(Int)
        /// Nothing to read, or no room to write, now.
        case wouldBlock
        case ended
        case failed(Int32)
    }

    let descriptor: Int32
    private static let streaming = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A listening socket, not blocking.
    static func listen(on address: SocketAddress) throws(SocketError) -> Socket {
        var info = unsafe try resolve(address, passive: true)
        defer { unsafe freeaddrinfo(info) }
        var failure = SocketError(call: "bind", code: EADDRNOTAVAIL)
        while let candidate = unsafe info {
            let socket = Socket(
                owning: unsafe socket(
                    candidate.pointee.ai_family,
                    streaming | Int32(SOCK_NONBLOCK.rawValue), 0))
            set(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if unsafe socket.descriptor >= 0
                && bind(socket.descriptor, candidate.pointee.ai_addr, candidate.pointee.ai_addrlen) == 0
                && Glibc.listen(socket.descriptor, 4096) == 0
            {
                return socket
            }
            failure = SocketError(call: "bind \(address)", code: errno)
            guard let next = unsafe candidate.pointee.ai_next else { break }
            unsafe info = next
        }
        throw failure
    }

    /// A connected socket that blocks, for at most `timeout` seconds a call.
    static func connect(to address: SocketAddress, timeout: Int) throws(SocketError) -> Socket {
        let info = unsafe try resolve(address, passive: false)
        defer { unsafe freeaddrinfo(info) }
        var failure = SocketError(call: "connect", code: EADDRNOTAVAIL)
        var next = unsafe info
        while let candidate = unsafe next {
            let socket = Socket(
                owning: unsafe socket(
                    candidate.pointee.ai_family, streaming, 0))
            var limit = timeval(tv_sec: timeout, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                _ = unsafe setsockopt(
                    socket.descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            if unsafe Glibc.connect(socket.descriptor, candidate.pointee.ai_addr, candidate.pointee.ai_addrlen) == 0 {
                return socket
            }
            failure = SocketError(call: "connect \(address)", code: errno)
            unsafe next = candidate.pointee.ai_next
        }
        throw failure
    }

    private static func resolve(
        _ address: SocketAddress, passive: Bool
    ) throws(SocketError) -> UnsafeMutablePointer<addrinfo>? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = passive ? AI_PASSIVE : 0
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address.host, String(address.port), &hints, &found) == 0 else {
            throw SocketError(call: "resolve \(address.host)", code: EADDRNOTAVAIL)
        }
        return unsafe found
    }

    /// The next client, not blocking and without Nagle's delay; `nil` when there is none.
    func accept() throws(SocketError) -> (socket: Int32, address: String)? {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let client = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.accept(descriptor, $0, &length)
                }
            }
            if client >= 0 {
                _ = fcntl(client, F_SETFL, O_NONBLOCK)
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                Self.set(client, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                return (client, Self.name(&storage, length).host)
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EAGAIN: return nil
            default: throw SocketError(call: "accept", code: errno)
            }
        }
    }

    /// The address that the socket is bound to.
    var localAddress: SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return Self.name(&storage, length)
    }

    private static func name(_ storage: inout sockaddr_storage, _ length: socklen_t) -> SocketAddress {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        _ = unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getnameinfo(
                    $0, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return SocketAddress(host: text(host), port: Int(text(port)) ?? 0)
    }

    /// Reads behind what the buffer holds.
    func read(appendingTo buffer: inout [UInt8], atMost count: Int) -> Outcome {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: count))
        let received = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress?.advanced(by: start), count, 0)
        }
        let outcome: Outcome = received > 0 ? .bytes(received) : received == 0 ? .ended : Self.failure()
        buffer.removeLast(count - max(received, 0))
        return outcome
    }

    /// Writes what there is room for; a client that is gone raises no signal.
    func write(_ bytes: [UInt8], from start: Int) -> Outcome {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, Int32(MSG_NOSIGNAL))
        }
        return count >= 0 ? .bytes(count) : Self.failure()
    }

    private static func failure() -> Outcome {
        switch errno {
        case EAGAIN, EINTR: .wouldBlock
        case let code: .failed(code)
        }
    }

    func shutdownWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    static func wallClockSeconds() -> Int { time(nil) }
}
