/// A server as a client names it: address, TLS or plain text, and a prefix of every path.
package struct Origin: Sendable, Equatable {
    package let address: SocketAddress
    package let isEncrypted: Bool
    /// A proxy's prefix of the paths, without a slash at its end.
    package let prefix: String
    /// The host and port for the Host field.
    let host: String

    private init(_ address: SocketAddress, isEncrypted: Bool, prefix: String, host: String) {
        self.address = address
        self.isEncrypted = isEncrypted
        self.prefix = prefix
        self.host = host
    }

    package init(_ address: SocketAddress, isEncrypted: Bool = false) {
        let host = if case .network = address { address.description } else { "localhost" }
        self.init(address, isEncrypted: isEncrypted, prefix: "", host: host)
    }

    /// Reads `http://host[:port][/prefix]`, the same with `https`, `unix:/path`, or `host:port`.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            guard let address = SocketAddress(text) else { return nil }
            self.init(address)
            return
        }
        var rest = text[...]
        var scheme = "http"
        if let end = text.firstRange(of: "://") {
            scheme = text[..<end.lowerBound].lowercased()
            rest = text[end.upperBound...]
        }
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 }),
            authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x40 })
        else { return nil }
        let hasPort = authority.lastIndex(of: ":").map { authority[$0...].firstIndex(of: "]") == nil } ?? false
        let named = hasPort ? String(authority) : "\(authority):\(scheme == "https" ? 443 : 80)"
        guard let address = SocketAddress(named) else { return nil }
        self.init(address, isEncrypted: scheme == "https", prefix: String(path), host: String(authority))
    }
}
