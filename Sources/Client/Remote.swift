package import Formats
import Foundation
package import HTTP

/// A remote server and its key.
package struct Remote: Sendable {
    package let origin: Origin
    /// As given, for messages.
    package let url: String
    private let key: String?

    package static let standardURL = "http://127.0.0.1:8080"

    /// The server's longest silence in seconds; a stream of events sends something every 15.
    private static let timeout = 120
    private static let problemLimit = 1 << 20

    /// - Parameters:
    ///   - url: the server's URL; overrides GAND_URL.
    ///   - environment: GAND_URL, and GAND_API_KEY or its file GAND_API_KEY_FILE.
    package init(
        url: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Fault) {
        let url = url ?? environment["GAND_URL"] ?? Self.standardURL
        guard let origin = Origin(url) else {
            throw .configuration("\(url) is not a server's URL: http://host:port, https://host or unix:/path")
        }
        self.origin = origin
        self.url = url
        key = try Self.key(environment)
    }

    private static func key(_ environment: [String: String]) throws(Fault) -> String? {
        var key = environment["GAND_API_KEY"]
        if key == nil, let path = environment["GAND_API_KEY_FILE"] {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw .configuration("the file \(path) of GAND_API_KEY_FILE cannot be read")
            }
            key = text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let key else { return nil }
        guard !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .configuration("GAND_API_KEY must be one or more visible ASCII characters")
        }
        return key
    }

    /// Sends a request and returns its answer, with the body unread.
    ///
    /// - Parameter path: percent-encoded.
    /// - Throws: `Fault.refused` for every status of 400 or above.
    package func open(
        _ method: String, _ path: String, query: [(String, String)] = [], fields: [(String, String)] = [],
        content: Exchange.Content = Exchange.Content([])
    ) throws(Fault) -> Exchange {
        var fields = fields
        if let key { fields.append(("Authorization", "Bearer \(key)")) }
        fields.append(("User-Agent", "gand"))
        let target =
            query.isEmpty ? path : "\(path)?" + query.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
        var exchange: Exchange
        do {
            exchange = try Exchange(
                method, target, to: origin, fields: fields, content: content, timeout: Self.timeout)
        } catch {
            throw fault(error)
        }
        guard exchange.status >= 400 else { return exchange }
        throw .refused(try refusal(&exchange))
    }

    /// Sends a request and returns the JSON of its answer.
    package func json(
        _ method: String, _ path: String, query: [(String, String)] = [], fields: [(String, String)] = [],
        content: Exchange.Content = Exchange.Content([])
    ) throws(Fault) -> JSONElement {
        var exchange = try open(method, path, query: query, fields: fields, content: content)
        let bytes = try rest(of: &exchange)
        do throws(FormatError) {
            return try JSONDocument(bytes).root
        } catch {
            throw .broken("the answer of \(url) is not JSON: is it a gand server?")
        }
    }

    /// The rest of an answer.
    package func rest(of exchange: inout Exchange) throws(Fault) -> [UInt8] {
        do throws(Exchange.Failure) { return try exchange.rest() } catch { throw fault(error) }
    }

    /// Copies an answer to an output, piece by piece.
    package func copy(_ exchange: inout Exchange, to output: Output) throws(Fault) {
        while true {
            let piece: [UInt8]?
            do throws(Exchange.Failure) { piece = try exchange.next() } catch { throw fault(error) }
            guard let piece else { return }
            try output.write(piece)
        }
    }

    /// The text, percent-encoded but for the characters that a path or a query may contain (RFC 3986 §2.3).
    package static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2C, 0x3A, 0x40:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    func fault(_ error: any Error) -> Fault {
        switch error {
        case let fault as Fault: fault
        case Exchange.Failure.unreachable(let reason): .unreachable("no answer from \(url): \(reason)")
        case Exchange.Failure.truncated: .broken("the answer of \(url) was cut short")
        default: .broken("the answer of \(url) is not valid HTTP/1.1: is it a gand server?")
        }
    }

    private func refusal(_ exchange: inout Exchange) throws(Fault) -> Fault.Refusal {
        let status = exchange.status
        let bytes = (try? exchange.rest(limit: Self.problemLimit)) ?? []
        let problem = try? JSONDocument(bytes).root
        return Fault.Refusal(
            status: status, code: problem?["code"]?.string ?? "",
            detail: problem?["detail"]?.string ?? "HTTP \(status)",
            hint: hint(status) ?? problem?["hint"]?.string,
            pointer: problem?["errors"]?.elements.first { _ in true }?["pointer"]?.string)
    }

    /// The cure for a missing or wrong key, which the server cannot know.
    private func hint(_ status: Int) -> String? {
        switch status {
        case 401: key == nil ? "put a key into GAND_API_KEY" : "this server does not know the key in GAND_API_KEY"
        default: nil
        }
    }
}
