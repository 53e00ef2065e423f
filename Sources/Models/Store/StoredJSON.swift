import Foundation

/// JSON as it is kept: equal values are equal texts, and numbers that JSON does not have are words.
enum StoredJSON {
    /// How dates are kept.
    enum Dates {
        /// As seconds: in the database.
        case number
        /// As people and other programs read them (ISO 8601): in files that leave the server.
        case text
    }

    // A training that has diverged has such metrics, and what follows from a category may be missing.
    private static let (infinity, minusInfinity, nan) = ("inf", "-inf", "nan")

    static func encoded(_ value: some Encodable, dates: Dates = .number) throws -> String {
        let encoder = JSONEncoder()
        // The digest of a data set, say, must not depend on the order of members.
        encoder.outputFormatting = .sortedKeys
        encoder.dateEncodingStrategy = dates == .text ? .iso8601 : .deferredToDate
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: nan)
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decoded<Value: Decodable>(
        _ type: Value.Type, _ text: String, dates: Dates = .number
    ) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = dates == .text ? .iso8601 : .deferredToDate
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: nan)
        return try decoder.decode(type, from: Data(text.utf8))
    }
}
