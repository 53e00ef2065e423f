/// The coding gzip (RFC 1952): its settings in zlib, and whether a client accepts it.
package enum Gzip {
    /// A window of 32 KiB, and the header and trailer of gzip.
    static let windowBits: Int32 = 15 + 16

    /// Bytes in one call of zlib, which counts them in 32 bits.
    static let longestStep = 1 << 30

    /// RFC 9110 §12.5.3: whether gzip has a quality above 0, by its name or by the asterisk.
    package static func isAccepted(_ field: String?) -> Bool {
        var (named, any): (Double?, Double?) = (nil, nil)
        for member in (field ?? "").split(separator: ",") {
            let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch parts.first {
            case "gzip", "x-gzip": named = quality
            case "*": any = quality
            default: continue
            }
        }
        return named ?? any ?? 0 > 0
    }
}
