// The characters of HTTP (RFC 9110 §5.6) and of URIs (RFC 3986).

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

package func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

/// RFC 9110 §5.6.2.
func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
}

/// Whether ASCII texts are equal, ignoring case.
func equalsIgnoringCase(_ bytes: ArraySlice<UInt8>, _ lowercased: String) -> Bool {
    guard bytes.count == lowercased.utf8.count else { return false }
    var index = bytes.startIndex
    for byte in lowercased.utf8 {
        guard lowercase(bytes[index]) == byte else { return false }
        index += 1
    }
    return true
}

func lowercase(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

/// Whether bytes are `host [":" port]` (RFC 3986 §3.2), without the user information that RFC 9110 §4.2.4 forbids.
func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.first == UInt8(ascii: "[") else {
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        return colon > bytes.startIndex && isRegisteredName(bytes[..<colon]) && isPort(bytes[colon...])
    }
    guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
    let literal = bytes[(bytes.startIndex + 1)..<end]
    return isIPLiteral(literal) && isPort(bytes[(end + 1)...])
}

/// Whether bytes are empty, or a colon and a number up to 65535, which RFC 3986 lets be empty.
package func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let colon = bytes.first else { return true }
    let digits = bytes.dropFirst()
    return colon == UInt8(ascii: ":") && digits.count <= 5 && digits.allSatisfy(isDigit)
        && digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
}

/// RFC 3986 §3.2.2: unreserved characters, sub-delimiters, and complete escapes.
private func isRegisteredName(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while let byte = rest.popFirst() {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
        case 0x21, 0x24, 0x26...0x2E, 0x3B, 0x3D, 0x5F, 0x7E: continue
        case UInt8(ascii: "%"):
            guard let high = rest.popFirst(), let low = rest.popFirst(), hexDigit(high) != nil, hexDigit(low) != nil
            else { return false }
        default: return false
        }
    }
    return true
}

/// An IPv6 address, by its letters, digits and colons; the literal of a future version is refused.
private func isIPLiteral(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count(where: { $0 == UInt8(ascii: ":") }) >= 2 && bytes.count <= 45
        && bytes.allSatisfy { hexDigit($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
}
