import Glibc

/// A socket address in the kernel's form.
struct RawSocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    init() {}

    /// The address of a Unix-domain socket.
    init(_ address: SocketAddress) {
        guard case .unix(let path) = address else { return }
        storage.ss_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.dropFirst(MemoryLayout<sa_family_t>.size).copyBytes(from: path.utf8)
        }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    @unsafe init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        self.length = length
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
    }

    init(boundTo descriptor: Int32) {
        unsafe withPointer { address, length in _ = unsafe getsockname(descriptor, address, &length) }
    }

    var family: Int32 { Int32(storage.ss_family) }

    func bind(_ descriptor: Int32) -> Int32 {
        var copy = self
        return unsafe copy.withPointer { address, length in unsafe Glibc.bind(descriptor, address, length) }
    }

    func connect(_ descriptor: Int32) -> Int32 {
        var copy = self
        return unsafe copy.withPointer { address, length in unsafe Glibc.connect(descriptor, address, length) }
    }

    /// Accepts a client, and becomes its address.
    ///
    /// - Returns: the client's descriptor, non-blocking, or -1.
    mutating func accept(_ descriptor: Int32) -> Int32 {
        let client = unsafe withPointer { address, length in unsafe Glibc.accept(descriptor, address, &length) }
        guard client >= 0 else { return client }
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        return client
    }

    /// The numeric host, in IPv4 form for an IPv4 client of an IPv6 socket; empty for a Unix-domain socket.
    var host: String {
        guard case .network(let host, _) = address else { return "" }
        return host
    }

    var address: SocketAddress {
        var copy = self
        guard family != AF_UNIX else {
            let path = unsafe withUnsafeBytes(of: &copy.storage) { bytes in
                unsafe Array(bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix { $0 != 0 })
            }
            return .unix(path: String(decoding: path, as: UTF8.self))
        }
        var host = [CChar](repeating: 0, count: 64)
        var port = [CChar](repeating: 0, count: 8)
        _ = unsafe copy.withPointer { address, length in
            unsafe getnameinfo(
                address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
        }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let name = text(host)
        let mapped = "::ffff:"
        return .network(
            host: name.hasPrefix(mapped) && name.contains(".") ? String(name.dropFirst(mapped.count)) : name,
            port: Int(text(port)) ?? 0)
    }

    private mutating func withPointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Result
    ) -> Result {
        var length = length
        defer { self.length = length }
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &length) }
        }
    }
}
