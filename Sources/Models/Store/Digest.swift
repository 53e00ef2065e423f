import COpenSSL
import Foundation

/// SHA-256 as lower-case hexadecimal text. The only file of this room that calls OpenSSL.
package enum Digest {
    package static func sha256(_ bytes: [UInt8]) -> String { sha256(bytes.span) }

    package static func sha256(_ bytes: Span<UInt8>) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let succeeded = unsafe bytes.withUnsafeBytes { bytes in
            unsafe EVP_Digest(bytes.baseAddress, bytes.count, &digest, &length, EVP_sha256(), nil)
        }
        precondition(succeeded == 1, "SHA-256 fails only where OpenSSL is built without it")
        return hexadecimal(digest.prefix(Int(length)))
    }

    /// Reads the file in pieces, so that its size does not matter.
    package static func sha256(ofFile path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return try sha256 { update in
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { update(piece.bytes) }
        }
    }

    /// Of what `contents` appends piece by piece.
    static func sha256(_ contents: (_ update: (RawSpan) -> Void) throws -> Void) rethrows -> String {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var succeeded = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        try contents { bytes in
            let isTaken = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
            succeeded = isTaken == 1 && succeeded
        }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        succeeded = unsafe EVP_DigestFinal_ex(context, &digest, &length) == 1 && succeeded
        precondition(succeeded, "SHA-256 fails only where OpenSSL is built without it")
        return hexadecimal(digest.prefix(Int(length)))
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
