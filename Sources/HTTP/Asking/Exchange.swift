/// One request and its answer over a connection of its own; both bodies go in pieces and are never whole in memory.
///
/// Calls block: for the command line, health checks and tests.
package struct Exchange: ~Copyable {
    /// A request's body: the next piece at each call, `nil` after the last.
    package struct Content {
        /// Total bytes; without it the pieces go as chunks.
        package var length: Int?
        package var next: () throws -> [UInt8]?

        package init(length: Int? = nil, next: @escaping () throws -> [UInt8]?) {
            self.length = length
            self.next = next
        }

        package init(_ bytes: [UInt8]) {
            var rest: [UInt8]? = bytes.isEmpty ? nil : bytes
            self.init(length: bytes.count) {
                defer { rest = nil }
                return rest
            }
        }
    }

    /// The servers that a client trusts.
    package enum Trust: Sendable {
        /// Any server: for a health check of this machine's own.
        case anyone
        /// A server with a certificate of the host, signed by one of the system's authorities.
        case authorities
    }

    /// Why there is no answer.
    package enum Failure: Error, Equatable {
        case unreachable(String)
        case malformedAnswer
        case truncated
    }

    package let status: Int
    /// Names in lower case.
    package let fields: [String: String]
    private let transport: Transport
    private let timeout: Int
    /// `nil` where the body ends with the connection.
    private var decoder: BodyDecoder?
    private var buffer: [UInt8]
    private var unread: Range<Int>

    private static let headLimit = 64 * 1024

    /// Sends a request and reads the answer's head.
    ///
    /// - Parameters:
    ///   - target: path and query; the origin's prefix goes before it.
    ///   - timeout: seconds for any one read or write.
    /// - Throws: `Failure`, and what `content` throws.
    package init(
        _ method: String, _ target: String, to origin: Origin, fields: [(String, String)] = [],
        content: Content = Content([]), timeout: Int = 30, trust: Trust = .authorities
    ) throws {
        let transport = try Self.connect(to: origin, timeout: timeout, trust: trust)
        var head = "\(method) \(origin.prefix)\(target) HTTP/1.1\r\nHost: \(origin.host)\r\nConnection: close\r\n"
        if let length = content.length {
            if length > 0 || method == "POST" { head += "Content-Length: \(length)\r\n" }
        } else {
            head += "Transfer-Encoding: chunked\r\n"
        }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        try Self.send(Array((head + "\r\n").utf8), content, over: transport)

        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        var received: [UInt8] = []
        var found: (status: Int, fields: [String: String], end: Int)?
        repeat {
            let count = try Self.receive(from: transport, into: &buffer, timeout: timeout)
            guard count > 0 else { throw received.isEmpty ? Failure.truncated : .malformedAnswer }
            received += buffer[..<count]
            found = try Self.head(of: received)
            // A server that waits for the body first sends an interim answer.
            while let interim = found, 100..<200 ~= interim.status {
                received.removeFirst(interim.end)
                found = try Self.head(of: received)
            }
        } while found == nil
        guard let found else { throw Failure.malformedAnswer }
        let decoder = try Self.decoder(status: found.status, fields: found.fields, isHead: method == "HEAD")
        // The bytes after the head begin the body.
        received.removeFirst(found.end)
        self.init(found.status, found.fields, transport, timeout: timeout, decoder, received)
    }

    private init(
        _ status: Int, _ fields: [String: String], _ transport: consuming Transport, timeout: Int,
        _ decoder: BodyDecoder?, _ received: [UInt8]
    ) {
        self.status = status
        self.fields = fields
        self.transport = transport
        self.timeout = timeout
        self.decoder = decoder
        buffer = received + [UInt8](repeating: 0, count: max(0, 64 * 1024 - received.count))
        unread = 0..<received.count
    }

    /// The next piece of the answer's body, or `nil` after the last.
    package mutating func next() throws(Failure) -> [UInt8]? {
        while decoder?.isComplete != true {
            if unread.isEmpty {
                let count = try Self.receive(from: transport, into: &buffer, timeout: timeout)
                guard count > 0 else {
                    guard decoder == nil else { throw .truncated }
                    decoder = BodyDecoder(.none, limits: Limits())
                    return nil
                }
                unread = 0..<count
            }
            guard decoder != nil else {
                defer { unread = 0..<0 }
                return Array(buffer[unread])
            }
            do throws(Refusal) {
                let (used, content) = try decoder?.next(buffer[unread]) ?? (0, [])
                unread = (unread.lowerBound + used)..<unread.upperBound
                if !content.isEmpty { return Array(content) }
            } catch {
                throw .malformedAnswer
            }
        }
        return nil
    }

    /// The rest of the answer's body, at most `limit` bytes.
    package mutating func rest(limit: Int = .max) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try next() {
            bytes += piece
            guard bytes.count <= limit else { throw .malformedAnswer }
        }
        return bytes
    }

    private static func connect(to origin: Origin, timeout: Int, trust: Trust) throws(Failure) -> Transport {
        do throws(SocketError) {
            let socket = try Socket.connect(to: origin.address, timeout: timeout)
            guard origin.isEncrypted else { return Transport(socket, tls: nil) }
            // OpenSSL writes by itself, and a server that has gone must not end the process.
            Socket.ignoreBrokenPipes()
            do throws(TLSError) {
                if trust == .authorities, case .network(let host, _) = origin.address {
                    return try Transport(client: socket, of: host)
                }
                return try Transport(client: socket)
            } catch {
                throw SocketError(call: error.description, code: 0)
            }
        } catch {
            throw .unreachable(error.code == 0 ? error.call : error.description)
        }
    }

    /// Sends until the server stops reading: it may answer before the whole body is read, and then its answer is
    /// waiting.
    private static func send(_ head: [UInt8], _ content: Content, over transport: borrowing Transport) throws {
        guard write(head, over: transport) else { return }
        while let piece = try content.next() {
            guard !piece.isEmpty else { continue }
            guard content.length == nil else {
                guard write(piece, over: transport) else { return }
                continue
            }
            let chunk = Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
            guard write(chunk, over: transport) else { return }
        }
        if content.length == nil { _ = write(Array("0\r\n\r\n".utf8), over: transport) }
    }

    private static func write(_ bytes: [UInt8], over transport: borrowing Transport) -> Bool {
        var sent = 0
        while sent < bytes.count {
            guard case .bytes(let count) = transport.write(bytes, from: sent) else { return false }
            sent += count
        }
        return true
    }

    /// - Returns: the number of bytes; 0 at the end.
    private static func receive(
        from transport: borrowing Transport, into buffer: inout [UInt8], timeout: Int
    ) throws(Failure) -> Int {
        let start = ContinuousClock.now
        while true {
            switch transport.read(into: &buffer, from: 0).outcome {
            case .bytes(let count): return count
            case .ended, .failed: return 0
            case .wouldBlock:
                // A process that was stopped and continues is woken early.
                guard ContinuousClock.now - start < .seconds(timeout) - .milliseconds(100) else {
                    throw .unreachable("no answer in \(timeout) s")
                }
            }
        }
    }

    /// The status and fields at the start of the bytes, and where they end; `nil` while the head is incomplete.
    private static func head(
        of bytes: [UInt8]
    ) throws(Failure) -> (status: Int, fields: [String: String], end: Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard bytes.count < headLimit else { throw .malformedAnswer }
            return nil
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw .malformedAnswer
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedAnswer }
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return (status, fields, end.upperBound)
    }

    /// RFC 9112 §6.3, as a client reads it.
    private static func decoder(
        status: Int, fields: [String: String], isHead: Bool
    ) throws(Failure) -> BodyDecoder? {
        var limits = Limits()
        limits.bodyBytes = .max
        if isHead || status == 204 || status == 304 { return BodyDecoder(.none, limits: limits) }
        if fields["transfer-encoding"]?.lowercased() == "chunked" { return BodyDecoder(.chunked, limits: limits) }
        guard let text = fields["content-length"] else { return nil }
        guard let length = Int(text), length >= 0 else { throw .malformedAnswer }
        return BodyDecoder(length == 0 ? .none : .length(length), limits: limits)
    }
}
