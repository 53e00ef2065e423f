// The files of this folder, and no others of the target, call the kernel.
import CEpoll
import Glibc

/// A socket, closed when it goes out of scope.
struct Socket: ~Copyable {
    /// The outcome of a read or a write.
    enum Outcome: Equatable {
        case bytes(Int)
        /// No input, or no room for output, at present.
        case wouldBlock
        case ended
        case failed(Int32)
    }

    let descriptor: Int32
    private static let streaming = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A listening socket, non-blocking. On `::` it also accepts IPv4 clients.
    static func listen(on address: SocketAddress) throws(SocketError) -> Socket {
        if case .unix(let path) = address { removeStale(path) }
        var failure = SocketError(call: "bind \(address)", code: EADDRNOTAVAIL)
        for candidate in try candidates(address, passive: true) {
            let socket = Socket(
                owning: Glibc.socket(candidate.family, streaming | Int32(SOCK_NONBLOCK.rawValue), 0))
            set(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if candidate.family == AF_INET6 { set(socket.descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
            if candidate.bind(socket.descriptor) == 0, Glibc.listen(socket.descriptor, 4096) == 0 { return socket }
            failure.code = errno
        }
        throw failure
    }

    /// Removes the socket file of a server that is gone; a socket with a listener, answering or not, and any other file
    /// stay.
    private static func removeStale(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        do throws(SocketError) {
            _ = try connect(to: .unix(path: path), timeout: 1)
        } catch {
            if error.code == ECONNREFUSED { remove(path) }
        }
    }

    /// A connected socket that blocks for at most `timeout` seconds in a call.
    static func connect(to address: SocketAddress, timeout: Int) throws(SocketError) -> Socket {
        var failure = SocketError(call: "connect \(address)", code: EADDRNOTAVAIL)
        for candidate in try candidates(address, passive: false) {
            let socket = Socket(owning: Glibc.socket(candidate.family, streaming, 0))
            var limit = timeval(tv_sec: timeout, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                _ = unsafe setsockopt(
                    socket.descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            if candidate.connect(socket.descriptor) == 0 { return socket }
            failure.code = errno
        }
        throw failure
    }

    /// The addresses of a name.
    private static func candidates(
        _ address: SocketAddress, passive: Bool
    ) throws(SocketError) -> [RawSocketAddress] {
        guard case .network(let host, let port) = address else { return [RawSocketAddress(address)] }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = passive ? AI_PASSIVE : 0
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0 else {
            throw SocketError(call: "resolve \(host)", code: EADDRNOTAVAIL)
        }
        defer { unsafe freeaddrinfo(found) }
        var candidates: [RawSocketAddress] = []
        var next = unsafe found
        while let info = unsafe next {
            if let address = unsafe info.pointee.ai_addr {
                unsafe candidates.append(RawSocketAddress(copying: address, length: info.pointee.ai_addrlen))
            }
            unsafe next = info.pointee.ai_next
        }
        return candidates
    }

    /// The next client, non-blocking and without Nagle's delay; `nil` when there is none.
    func accept() throws(SocketError) -> Arrival? {
        while true {
            var address = RawSocketAddress()
            let client = address.accept(descriptor)
            guard client < 0 else {
                if address.family != AF_UNIX {
                    Self.set(client, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                    // A small kernel buffer, so that the progress of a slow reader is seen.
                    Self.set(client, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, 128 * 1024)
                }
                return Arrival(descriptor: client, host: address.host)
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EAGAIN: return nil
            default: throw SocketError(call: "accept", code: errno)
            }
        }
    }

    /// The address that the socket is bound to.
    var localAddress: SocketAddress { RawSocketAddress(boundTo: descriptor).address }

    /// Reads into the buffer's places from `start` on.
    func read(into buffer: inout [UInt8], from start: Int) -> Outcome {
        let received = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, 0)
        }
        return received > 0 ? .bytes(received) : received == 0 ? .ended : Self.failure()
    }

    /// Writes the bytes that there is room for; a client that is gone raises no signal.
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

    /// Blocks new clients, while those that are connecting reach the backlog: a filter drops segments with TCP's flag
    /// SYN.
    func refuseClients() {
        let (flags, syn): (UInt32, UInt32) = (13, 0x02)
        var filter = [
            sock_filter(code: UInt16(BPF_LD | BPF_B | BPF_ABS), jt: 0, jf: 0, k: flags),
            sock_filter(code: UInt16(BPF_JMP | BPF_JSET | BPF_K), jt: 0, jf: 1, k: syn),
            sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
            sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max),
        ]
        unsafe filter.withUnsafeMutableBufferPointer { filter in
            var program = unsafe sock_fprog(len: UInt16(filter.count), filter: filter.baseAddress)
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
        }
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// OpenSSL writes to sockets itself; one whose client is gone must not end the process.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    static func wallClockSeconds() -> Int { time(nil) }
}
