import HTTPTypes

extension Response {
    /// Bodies of this many bytes or more are worth the work.
    private static let compressedFrom = 1024

    /// This answer, compressed where the client takes that and the body gains by it.
    func compressed(for request: Request, by compressor: Compressor) async -> Response {
        guard status.code != 304 else { return revalidated(for: request) }
        guard isCompressible else { return self }
        var answer = varying()
        guard Gzip.isAccepted(request.fields[.acceptEncoding]) else { return answer }
        answer.fields[.contentEncoding] = "gzip"
        answer.weakenTag()
        switch body {
        case .bytes(let bytes): answer.body = .bytes(await compressor.compress(bytes))
        case .stream(let stream): answer.body = .stream(compressor.compressing(stream))
        }
        return answer
    }

    /// This 304 with what the 200 would have that it stands for (RFC 9110 §15.4.5).
    ///
    /// It does not know whether that one would be compressed, but the client does, which has its tag.
    private func revalidated(for request: Request) -> Response {
        var answer = varying()
        guard let tag = fields[.eTag], Gzip.isAccepted(request.fields[.acceptEncoding]),
            request.fields[values: .ifNoneMatch].contains(where: { $0.contains("W/\(tag)") })
        else { return answer }
        answer.weakenTag()
        return answer
    }

    /// This answer, which says that others get another one.
    private func varying() -> Response {
        var answer = self
        answer.fields[.vary] = fields[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        return answer
    }

    /// The bytes are others than those that a strong tag was made for (RFC 9110 §8.8.1).
    private mutating func weakenTag() {
        if let tag = fields[.eTag], !tag.hasPrefix("W/") { fields[.eTag] = "W/\(tag)" }
    }

    /// Whether Accept-Encoding has a say in this answer: in a body that may be compressed, and in what a 304 says of one.
    var isNegotiable: Bool { status.code == 304 || isCompressible }

    /// Whether a body may be compressed: one that is long enough, of text, and not made of events that must not wait.
    private var isCompressible: Bool {
        if case .bytes(let bytes) = body, bytes.count < Self.compressedFrom { return false }
        guard fields[.contentEncoding] == nil, status.code != 204, status.code != 304, status.code != 206 else {
            return false
        }
        let type = (fields[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        return type != "text/event-stream"
            && (type.hasPrefix("text/") || type.hasSuffix("json") || type.hasSuffix("xml")
                || type == "application/javascript" || type == "application/x-ndjson")
    }
}
