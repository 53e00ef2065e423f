/// The decoded segments of a path; `nil` where an escape is invalid or a segment is `.` or `..`.
///
/// Dot segments are refused rather than resolved: no well-meant client sends them (RFC 3986 §5.2.4).
func percentDecodedSegments(_ path: ArraySlice<UInt8>) -> [String]? {
    var segments: [String] = []
    var start = path.startIndex
    while start < path.endIndex {
        let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        if start < end {
            guard let segment = percentDecoded(path[start..<end], plusIsSpace: false), segment != ".", segment != ".."
            else { return nil }
            segments.append(segment)
        }
        start = end + 1
    }
    return segments
}

/// The decoded pairs of a query, in the syntax of forms: `+` is a space.
func decodedQuery(_ query: ArraySlice<UInt8>) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    guard !query.isEmpty else { return pairs }
    for raw in query.split(separator: UInt8(ascii: "&")) {
        let end = raw.firstIndex(of: UInt8(ascii: "=")) ?? raw.endIndex
        guard let name = percentDecoded(raw[..<end], plusIsSpace: true),
            let value = percentDecoded(raw[end...].dropFirst(), plusIsSpace: true)
        else { return nil }
        pairs.append((name, value))
    }
    return pairs
}

private func percentDecoded(_ text: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
    guard text.contains(where: { $0 == UInt8(ascii: "%") || plusIsSpace && $0 == UInt8(ascii: "+") }) else {
        return String(decoding: text, as: UTF8.self)
    }
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
