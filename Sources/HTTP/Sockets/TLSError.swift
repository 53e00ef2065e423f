/// Why a server cannot speak TLS: what is wrong with which file.
package struct TLSError: Error, Sendable, CustomStringConvertible {
    package let description: String
}
