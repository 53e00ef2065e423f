import Foundation
import Models

/// What keeps pages from running or showing anything but what they hold.
enum PageProtection {
    /// How a content security policy names an inline text (CSP 3, section 2.3.1).
    static func hash(_ text: String) -> String {
        let digits = Array(Digest.sha256(Array(text.utf8)).utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
        }
        return "sha256-\(Data(bytes).base64EncodedString())"
    }
}
