/// One request over a connection of its own, waited for: for health checks and tests.
package enum Client {
    package struct Answer: Sendable, Equatable {
        package var status: Int
        /// Names in lower case.
        package var fields: [String: String]
        package var body: [UInt8]
    }

    /// Why there is no answer.
    package enum Failure: Error, Equatable {
        case unreachable(String)
        case malformedAnswer
        case truncated
    }

    /// - Parameters:
    ///   - timeout: seconds that any one read or write may take.
    package static func send(
        _ method: String, _ target: String, to address: SocketAddress, fields: [(String, String)] = [],
        body: [UInt8] = [], timeout: Int = 30, isEncrypted: Bool = false
    ) throws(Failure) -> Answer {
        let transport: Transport
        do throws(SocketError) {
            let socket = try Socket.connect(to: address, timeout: timeout)
            do throws(TLSError) {
                transport = isEncrypted ? try Transport(client: socket) : Transport(socket, tls: nil)
            } catch {
                throw SocketError(call: error.description, code: 0)
            }
        } catch {
            throw .unreachable(error.description)
        }
        var host = ""
        if case .network = address { host = address.description }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + body
        var sent = 0
        while sent < bytes.count {
            // A refusal may come before the whole body is read: then the answer is waiting.
            guard case .bytes(let count) = transport.write(bytes, from: sent) else { break }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        reading: while true {
            switch transport.read(into: &buffer, from: 0).outcome {
            case .bytes(let count): received += buffer[..<count]
            case .ended: break reading
            case .wouldBlock: throw .unreachable("no answer in \(timeout) s")
            case .failed: break reading
            }
        }
        return try answer(received, hasBody: method != "HEAD")
    }

    private static func answer(_ bytes: [UInt8], hasBody: Bool) throws(Failure) -> Answer {
        guard !bytes.isEmpty else { throw .truncated }
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) }) else {
            throw .malformedAnswer
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw .malformedAnswer
        }
        if status == 100 { return try answer(Array(bytes[(end + 4)...]), hasBody: hasBody) }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedAnswer }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[line[..<colon].lowercased()] = String(value)
        }
        var body = Array(bytes[(end + 4)...])
        guard hasBody else { return Answer(status: status, fields: fields, body: []) }
        if fields["transfer-encoding"] == "chunked" {
            body = try unchunked(body)
        } else if let length = fields["content-length"].flatMap(Int.init) {
            guard body.count >= length else { throw .truncated }
        }
        return Answer(status: status, fields: fields, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var limits = Limits()
        limits.bodyBytes = .max
        var decoder = BodyDecoder(.chunked, limits: limits)
        var rest = bytes[...]
        var body: [UInt8] = []
        while !decoder.isComplete {
            guard !rest.isEmpty else { throw .truncated }
            do throws(Refusal) {
                let (used, content) = try decoder.next(rest)
                body += content
                rest = rest.dropFirst(used)
            } catch {
                throw .malformedAnswer
            }
        }
        return body
    }
}
