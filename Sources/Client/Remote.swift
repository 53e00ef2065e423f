package import Formats
import Foundation
package import HTTP

/// A server elsewhere, and the key to it.
package struct Remote: Sendable {
    package let origin: Origin
    /// As it was given, for people.
    package let url: String
    private let key: String?

    package static let standardURL = "http://127.0.0.1:8080"

    /// Seconds that the server may be silent; a stream of events is not for longer than 15.
    private static let timeout = 120
    private static let problemLimit = 1 << 20

    /// - Parameters:
    ///   - url: where the server is, before what GAND_URL says.
    ///   - environment: GAND_URL, and GAND_API_KEY or a file of it in GAND_API_KEY_FILE.
    package init(
        url: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Fault) {
        let url = url ?? environment["GAND_URL"] ?? Self.standardURL
        guard let origin = Origin(url) else {
            throw .configuration("\(url) is no URL of a server: http://host:port, https://host or unix:/path")
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
            throw .configuration("GAND_API_KEY is set, but is no key: visible characters, one at least")
        }
        return key
    }

    /// Sends a request and returns its answer, whose body is yet to be read.
    ///
    /// - Parameter path: with what is not plain in it percent-encoded.
    /// - Throws: `Fault.refused` for every status from 400 on.
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

    /// Sends a request and returns the JSON that answers it.
    package func json(
        _ method: String, _ path: String, query: [(String, String)] = [], fields: [(String, String)] = [],
        content: Exchange.Content = Exchange.Content([])
    ) throws(Fault) -> JSONElement {
        var exchange = try open(method, path, query: query, fields: fields, content: content)
        let bytes = try rest(of: &exchange)
        do throws(FormatError) {
            return try JSONDocument(bytes).root
        } catch {
            throw .broken("\(url) does not answer with JSON: is it a gand server?")
        }
    }

    /// All that is left of an answer.
    package func rest(of exchange: inout Exchange) throws(Fault) -> [UInt8] {
        do throws(Exchange.Failure) { return try exchange.rest() } catch { throw fault(error) }
    }

    /// Hands an answer on, piece by piece.
    package func copy(_ exchange: inout Exchange, to output: Output) throws(Fault) {
        while true {
            let piece: [UInt8]?
            do throws(Exchange.Failure) { piece = try exchange.next() } catch { throw fault(error) }
            guard let piece else { return }
            try output.write(piece)
        }
    }

    /// What stands in a path or a query as itself (RFC 3986 §2.3), the rest percent-encoded.
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
        default: .broken("\(url) does not speak HTTP as gand does")
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

    /// What somebody at a command line does about a key, which the server cannot know.
    private func hint(_ status: Int) -> String? {
        switch status {
        case 401: key == nil ? "put a key into GAND_API_KEY" : "GAND_API_KEY is no key of this server"
        default: nil
        }
    }
}
