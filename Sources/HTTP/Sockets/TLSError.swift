/// A certificate, key or handshake that failed, in words.
package struct TLSError: Error, Sendable, CustomStringConvertible {
    package let description: String
}
