import Dispatch
import Glibc
import HTTP

/// A connection that sends raw bytes and reads until the server closes.
struct RawClient: ~Copyable {
    private let descriptor: Int32

    /// - Parameter window: the size of the receive buffer in bytes; by default the system's.
    init(_ address: SocketAddress, window: Int32? = nil) {
        guard case .network(_, let port) = address else { preconditionFailure("the tests' server has a port") }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var window {
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
        }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(UInt16(port).bigEndian)
        target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &target) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(status == 0, "the server does not accept")
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends bytes and, in the same segment, the end of the input.
    func finish(with text: String) {
        send(Array(text.utf8), flags: Int32(MSG_MORE))
        finish()
    }

    func send(_ bytes: [UInt8], flags: Int32 = 0) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL) | flags)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Ends the input.
    func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next bytes; none at the end.
    func receive() async -> [UInt8] {
        let descriptor = descriptor
        return await offThePool {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            return Array(buffer.prefix(max(0, count)))
        }
    }

    func receiveAll() async -> String { await receive(until: nil) }

    /// Reads until the text has arrived, or to the end.
    func receive(until text: String?) async -> String {
        var bytes: [UInt8] = []
        while true {
            if let text, String(decoding: bytes, as: UTF8.self).contains(text) { break }
            let piece = await receive()
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One end of a Unix-domain socket that does not block and is never used.
struct UnixSocket: ~Copyable {
    private let descriptor = socket(
        AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)

    deinit { close(descriptor) }

    func bind(_ path: String) -> Int32 { unsafe withAddress(path) { unsafe Glibc.bind(descriptor, $0, $1) } }
    func connect(_ path: String) -> Int32 { unsafe withAddress(path) { unsafe Glibc.connect(descriptor, $0, $1) } }
    func listen(backlog: Int32) -> Int32 { Glibc.listen(descriptor, backlog) }

    private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Sends a request with `OneShot`.
func send(
    _ method: String, _ target: String, to address: SocketAddress, fields: [(String, String)] = [],
    body: [UInt8] = [], isEncrypted: Bool = false
) async throws -> OneShot.Answer {
    try await offThePool {
        Result { () throws(Exchange.Failure) in
            try OneShot.send(method, target, to: address, fields: fields, body: body, isEncrypted: isEncrypted)
        }
    }.get()
}

/// Runs a blocking body on a thread of its own: the server under test needs the threads of the tests.
func offThePool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "test").async { continuation.resume(returning: body()) }
    }
}
