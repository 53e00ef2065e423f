package import HTTP
import HTTPTypes
import Models
import Synchronization

/// The API keys that the server knows: the hash of each, and what it may be used for.
package struct Keys: Sendable {
    /// What a key may be used for.
    enum Role: String, Sendable, CaseIterable {
        /// Everything that changes nothing: looking, sampling and scoring.
        case read
        case admin
    }

    /// What is wrong about a list of keys; never says any of it.
    package struct Malformed: Error {
        let detail: String
    }

    private let entries: [(hash: [UInt8], role: Role)]

    static let none = Keys(entries: [])

    private init(entries: [(hash: [UInt8], role: Role)]) { self.entries = entries }

    /// Reads `role:key`, several with commas or line ends between; lines that begin with `#` say nothing.
    package init(_ text: String) throws(Malformed) {
        var entries: [(hash: [UInt8], role: Role)] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.drop(while: \.isWhitespace).hasPrefix("#") {
            for part in line.split(separator: ",") {
                let entry = part.filter { !$0.isWhitespace }
                guard !entry.isEmpty else { continue }
                guard let colon = entry.firstIndex(of: ":"), let role = Role(rawValue: String(entry[..<colon])) else {
                    throw Malformed(detail: "must be read:KEY or admin:KEY, several with commas or line ends between")
                }
                let key = entry[entry.index(after: colon)...]
                guard 1...512 ~= key.utf8.count, key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                    throw Malformed(detail: "has a key that is empty, too long or not of visible ASCII characters")
                }
                entries.append((Self.hash(String(key)), role))
            }
        }
        guard !entries.isEmpty else { throw Malformed(detail: "is set, but has no key") }
        self.entries = entries
    }

    var isEmpty: Bool { entries.isEmpty }

    /// What a key may be used for; `nil` for one that is not known. Takes as long for every key.
    func role(of key: String) -> Role? {
        let hash = Self.hash(key)
        var role: Role?
        for entry in entries where Self.areEqual(entry.hash, hash) {
            role = entry.role == .admin ? .admin : role ?? .read
        }
        return role
    }

    private static func hash(_ key: String) -> [UInt8] { Array(Digest.sha256(Array(key.utf8)).utf8) }

    /// Looks at every byte, wherever the first difference is.
    private static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        var difference: UInt8 = 0
        for (x, y) in zip(a, b) { difference |= x ^ y }
        return difference == 0
    }
}

/// The keys that are in force, which may be other ones after a reload.
package final class KeyRing: Sendable {
    private let keys: Mutex<Keys>

    package init(_ keys: Keys) { self.keys = Mutex(keys) }

    func replace(with keys: Keys) { self.keys.withLock { $0 = keys } }

    /// Answers a request that no key allows.
    package func refusal(of request: Request, _ access: Access) -> Response? {
        let keys = keys.withLock(\.self)
        guard !keys.isEmpty, !access.isPublic else { return nil }
        guard let given = request.fields[.authorization] else {
            return Self.unauthorized(
                "missing_api_key", "the server wants a key", hint: "Authorization: Bearer KEY", request)
        }
        let parts = given.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let role = keys.role(of: String(parts[1])) else {
            return Self.unauthorized("invalid_api_key", "the key is not one of this server", hint: nil, request)
        }
        guard role == .admin || !access.changes else {
            return Problem(403, "forbidden", "the key is for reading", hint: "a key of the role admin may do this")
                .response(requestID: request.id)
        }
        return nil
    }

    private static func unauthorized(
        _ code: String, _ detail: String, hint: String?, _ request: Request
    ) -> Response {
        var response = Problem(401, code, detail, hint: hint).response(requestID: request.id)
        response.fields[.wwwAuthenticate] = "Bearer realm=\"gand\""
        return response
    }
}
