import Formats
import GAN

/// A distribution in the place of data: `{"normal": {"mean": 10, "stddev": 1, "count": 1000}}` and the like.
enum DistributionPayload {
    /// What stands at `/data`.
    static func read(_ element: JSONElement, maximumCount: Int) throws -> (Distribution, count: Int) {
        let kinds = ["normal", "uniform", "mixture"]
        let members = Array(element.members)
        guard members.count == 1, let (key, body) = members.first, case let kind = key.string, kinds.contains(kind)
        else {
            let given = members.first?.key.string ?? ""
            throw Problem(
                422, "invalid_data", "must be rows, or one of normal, uniform and mixture",
                hint: suggestion(for: given, among: kinds), pointer: "/data")
        }
        let pointer = "/data/\(kind)"
        switch kind {
        case "normal":
            let fields = try numbers(body, ["mean": 0, "stddev": 1, "count": 1000], at: pointer)
            return (
                .normal(mean: fields.mean, deviation: try positive(fields.stddev, at: "\(pointer)/stddev")),
                try count(fields.count, maximumCount, at: pointer)
            )
        case "uniform":
            let fields = try numbers(body, ["low": 0, "high": 1, "count": 1000], at: pointer)
            guard fields.low < fields.high else {
                throw Problem(422, "invalid_parameter", "must be above low", pointer: "\(pointer)/high")
            }
            return (.uniform(low: fields.low, high: fields.high), try count(fields.count, maximumCount, at: pointer))
        default:
            return try mixture(body, maximumCount, at: pointer)
        }
    }

    /// `{"components": [{"mean": -5, "stddev": 1, "weight": 1}, ...], "count": 1000}`.
    private static func mixture(
        _ body: JSONElement, _ maximumCount: Int, at pointer: String
    ) throws -> (Distribution, count: Int) {
        let list = (body["components"]?.elements).map(Array.init) ?? []
        guard 1...1000 ~= list.count else {
            throw Problem(
                422, "invalid_data", "must hold 1 to 1000 components", pointer: "\(pointer)/components")
        }
        if let unknown = body.members.first(where: { !["components", "count"].contains($0.key) }) {
            throw Problem(
                400, "unknown_parameter", "is not part of a mixture",
                hint: suggestion(for: unknown.key.string, among: ["components", "count"]),
                pointer: "\(pointer)\(JSONElement.token(unknown.key))")
        }
        let components = try list.enumerated().map { index, component in
            let place = "\(pointer)/components/\(index)"
            let fields = try numbers(component, ["mean": 0, "stddev": 1, "weight": 1], at: place)
            return (
                weight: try positive(fields.weight, at: "\(place)/weight"), mean: fields.mean,
                deviation: try positive(fields.stddev, at: "\(place)/stddev")
            )
        }
        let given = body["count"]?.double ?? 1000
        return (.mixture(components), try count(given, maximumCount, at: pointer))
    }

    /// Numbers by name, over the standard ones.
    @dynamicMemberLookup
    private struct Fields {
        var values: [String: Double]

        subscript(dynamicMember name: String) -> Double { values[name] ?? 0 }
    }

    private static func numbers(
        _ element: JSONElement, _ standard: [String: Double], at pointer: String
    ) throws -> Fields {
        guard element.kind == .object else {
            throw Problem(422, "invalid_data", "must be an object", pointer: pointer)
        }
        var fields = Fields(values: standard)
        for (key, value) in element.members {
            let (name, place) = (key.string, "\(pointer)\(JSONElement.token(key))")
            guard standard[name] != nil else {
                throw Problem(
                    400, "unknown_parameter", "is not a parameter of this distribution",
                    hint: suggestion(for: name, among: Array(standard.keys)), pointer: place)
            }
            guard let number = value.double, abs(number) <= 1e15 else {
                throw Problem(422, "invalid_parameter", "must be a number no farther from 0 than 1e15", pointer: place)
            }
            fields.values[name] = number
        }
        return fields
    }

    private static func positive(_ number: Double, at pointer: String) throws -> Double {
        guard number > 0 else { throw Problem(422, "invalid_parameter", "must be above 0", pointer: pointer) }
        return number
    }

    private static func count(_ number: Double, _ maximum: Int, at pointer: String) throws -> Int {
        guard let count = Int(exactly: number), 1...maximum ~= count else {
            throw Problem(
                422, "invalid_parameter", "must be a whole number from 1 to \(maximum)", pointer: "\(pointer)/count")
        }
        return count
    }
}
