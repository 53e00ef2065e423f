import Formats
import GAN

/// What rows have to be: `{"sex": "Female", "age": {"min": 30, "max": 40}, "cabin": null}`.
enum ConditionPayload {
    /// What stands at `/where`.
    static func read(_ element: JSONElement) throws -> [(name: ByteText, requirement: Condition.Requirement)] {
        guard element.kind == .object else {
            throw Problem(422, "invalid_parameter", "must be an object of columns and values", pointer: "/where")
        }
        return try element.members.map { name, value in
            (name, try requirement(value, at: "/where\(JSONElement.token(name))"))
        }
    }

    private static func requirement(_ value: JSONElement, at pointer: String) throws -> Condition.Requirement {
        switch value.kind {
        case .null: return .missing
        case .number: return .number(value.double ?? 0)
        case .string: return .text(ByteText(value.string ?? ""))
        case .boolean: return .text(value.bool == true ? "true" : "false")
        case .object: return try range(value, at: pointer)
        case .array:
            throw Problem(422, "invalid_parameter", "must be a value, or an object with min and max", pointer: pointer)
        }
    }

    private static func range(_ value: JSONElement, at pointer: String) throws -> Condition.Requirement {
        if let unknown = value.members.first(where: { !["min", "max"].contains($0.key) }) {
            throw Problem(
                400, "unknown_parameter", "is not part of a range",
                hint: suggestion(for: unknown.key.string, among: ["min", "max"]),
                pointer: pointer + JSONElement.token(unknown.key))
        }
        let (low, high) = (value["min"], value["max"])
        let ends = [low, high].compactMap(\.self)
        if !ends.isEmpty, ends.allSatisfy({ $0.kind == .string }) {
            return .texts(from: low?.string.map { ByteText($0) }, through: high?.string.map { ByteText($0) })
        }
        let bounds = (low: low.map(\.double) ?? -.infinity, high: high.map(\.double) ?? .infinity)
        guard low != nil || high != nil, let lowest = bounds.low, let highest = bounds.high, lowest <= highest else {
            throw Problem(
                422, "invalid_parameter", "must have a min, a max or both, numbers or dates, the smaller first",
                pointer: pointer)
        }
        return .numbers(lowest...highest)
    }
}
