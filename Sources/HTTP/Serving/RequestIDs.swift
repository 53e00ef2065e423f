import HTTPTypes
import Synchronization

/// The ids of requests, the clients' own or fresh ones: a random prefix for each server, then a running number.
struct RequestIDs: ~Copyable, Sendable {
    /// Six characters and a hyphen, so that ids stay within the 15 bytes that a String holds without memory of its own.
    private let prefix = (0..<6).map { _ in Self.digits.randomElement() ?? 0 } + [UInt8(ascii: "-")]
    private let count = Atomic<UInt64>(0)

    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    /// Numbers of up to eight digits.
    private static let shortIDs: UInt64 = 36 * 36 * 36 * 36 * 36 * 36 * 36 * 36

    /// The client's own id where it is 1 to 64 visible ASCII characters, else a fresh one.
    func id(of fields: RequestFields) -> String {
        if let id = fields[.requestID], 1...64 ~= id.utf8.count, id.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) { return id }
        return fresh()
    }

    func fresh() -> String {
        var number = count.wrappingAdd(1, ordering: .relaxed).newValue
        return unsafe String(unsafeUninitializedCapacity: number < Self.shortIDs ? 15 : 20) { bytes in
            var end = prefix.count
            for index in 0..<end { unsafe bytes[index] = prefix[index] }
            // The last digit comes out first; the digits are turned around at the end.
            repeat {
                unsafe bytes[end] = Self.digits[Int(number % 36)]
                number /= 36
                end += 1
            } while number > 0
            unsafe bytes[prefix.count..<end].reverse()
            return end
        }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id") ?? .via
}
