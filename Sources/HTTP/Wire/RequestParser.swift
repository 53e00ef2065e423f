/// Finds the end of a request's head as bytes come; `HeadReader` then reads it.
///
/// The parser remembers how far it has looked. Call `parse` again with the same bytes and more behind them; `reset`
/// after a head.
package struct RequestParser {
    private let limits: Limits
    private var looked = 0
    private var lineStart = 0
    /// The start of the request line, after empty lines.
    private var headStart = 0
    private var lineCount = 0
    /// The last head, where it was well-formed and yet refused.
    private(set) var refusedHead: Head?

    package init(limits: Limits) { self.limits = limits }

    /// Bytes of a request line: the longest target, with any method and version.
    private var requestLineBytes: Int { limits.targetBytes + 64 }

    package mutating func reset() { (looked, lineStart, headStart, lineCount) = (0, 0, 0, 0) }

    /// - Parameter bytes: all bytes of the request so far.
    /// - Returns: the head and its number of bytes, or `nil` while it is incomplete.
    package mutating func parse(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> (head: Head, count: Int)? {
        let span = bytes.span
        while looked < span.count {
            let byte = span[looked]
            looked += 1
            // Bytes that cannot begin a request, such as a TLS hello, are refused at once.
            if looked == headStart + 1, byte != UInt8(ascii: "\r"), !isToken(byte) {
                throw .malformed("the method is not a token")
            }
            guard byte == UInt8(ascii: "\n") else { continue }
            if looked - headStart > limits.headBytes { throw lineCount == 0 ? .targetTooLong : .headTooLarge }
            // RFC 9112 §2.2 lets a bare LF end a line; two readings of one request are worse than a refusal.
            guard looked - lineStart >= 2, span[looked - 2] == UInt8(ascii: "\r") else {
                throw .malformed("a line must end in CR LF")
            }
            let isEmpty = looked - lineStart == 2
            lineStart = looked
            if !isEmpty {
                if lineCount == 0, looked - headStart > requestLineBytes { throw .targetTooLong }
                lineCount += 1
                if lineCount > limits.fieldCount + 1 { throw .headTooLarge }
            } else if lineCount > 0 {
                let start = bytes.startIndex + headStart
                var reader = HeadReader(
                    Array(bytes[start..<bytes.startIndex + looked]), fieldCount: lineCount - 1, limits: limits)
                var head = try reader.read()
                do throws(Refusal) {
                    try reader.complete(&head)
                } catch {
                    refusedHead = head
                    throw error
                }
                return (head, looked)
            } else {
                // RFC 9112 §2.2: empty lines before the request line are ignored.
                guard looked <= 8 else { throw .malformed("the request line is missing") }
                headStart = looked
            }
        }
        if lineCount == 0, span.count - headStart > requestLineBytes { throw .targetTooLong }
        if span.count - headStart > limits.headBytes { throw .headTooLarge }
        return nil
    }
}
