import Glibc

/// A system call that failed.
package struct SocketError: Error, Equatable, CustomStringConvertible {
    package var call: String
    package var code: Int32

    package var description: String { unsafe "\(call): \(String(cString: strerror(code)))" }
    package var isAddressInUse: Bool { code == EADDRINUSE }
    /// Whether this process has run out of descriptors or memory, which may pass.
    var isExhaustion: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }
}
