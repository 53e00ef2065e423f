/// The decoded segments of a path; `nil` where the escapes are not right or a segment would leave its place.
///
/// Dot segments are refused rather than resolved: nobody who means well sends them (RFC 3986 §5.2.4).
func percentDecodedSegments(_ path: String) -> [String]? {
    var segments: [String] = []
    for raw in path.utf8.split(separator: UInt8(ascii: "/")) {
        guard let segment = percentDecoded(raw, plusIsSpace: false), segment != ".", segment != ".." else { return nil }
        segments.append(segment)
    }
    return segments
}

/// The decoded pairs of a query, as forms write them: `+` is a space.
func decodedQuery(_ query: String) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    guard !query.isEmpty else { return pairs }
    for raw in query.utf8.split(separator: UInt8(ascii: "&")) {
        let parts = raw.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = percentDecoded(parts[0], plusIsSpace: true),
            let value = parts.count == 2 ? percentDecoded(parts[1], plusIsSpace: true) : ""
        else { return nil }
        pairs.append((name, value))
    }
    return pairs
}

private func percentDecoded(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
        default: bytes.append(byte)
        }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
