import HTTPTypes

extension Response {
    /// Bytes from which a body is worth compressing.
    private static let compressedFrom = 1024

    /// This answer, compressed where the client accepts gzip and the body gains by it.
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

    /// This 304 with the fields that its 200 would have (RFC 9110 §15.4.5).
    ///
    /// Whether the 200 would be compressed is told by the client's tag, which is weak then.
    private func revalidated(for request: Request) -> Response {
        var answer = varying()
        guard let tag = fields[.eTag], Gzip.isAccepted(request.fields[.acceptEncoding]),
            request.fields[values: .ifNoneMatch].contains(where: { $0.contains("W/\(tag)") })
        else { return answer }
        answer.weakenTag()
        return answer
    }

    /// This answer with `Vary: Accept-Encoding`.
    private func varying() -> Response {
        var answer = self
        answer.fields[.vary] = fields[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        return answer
    }

    /// Makes a strong tag weak: it stands for the uncompressed bytes (RFC 9110 §8.8.1).
    private mutating func weakenTag() {
        if let tag = fields[.eTag], !tag.hasPrefix("W/") { fields[.eTag] = "W/\(tag)" }
    }

    /// Whether the answer depends on Accept-Encoding: a body that may be compressed, or a 304 for one.
    var isNegotiable: Bool { status.code == 304 || isCompressible }

    /// Whether the body may be compressed: it is long enough, text, and no stream of events, which must not wait.
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
