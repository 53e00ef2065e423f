import Formats
import GAN

/// The named values of a request, from the query and from a JSON body alike; strict about names, types and conflicts.
struct Parameters: Sendable {
    private enum Value: Equatable, Sendable {
        case text(ByteText)
        case number(Double)
        case bool(Bool)
    }

    /// By name: what was given, and where for errors.
    private var values: [String: (value: Value, pointer: String)] = [:]
    /// Structured members of the body, for the route to read.
    private(set) var members: [String: JSONElement] = [:]

    /// - Parameters:
    ///   - scalars: the names of plain values.
    ///   - structured: the names of members of the body that are read by the route.
    ///   - lists: names of such members that a query may give as one text, with commas between the parts.
    ///   - ignored: names that may stand in a body and mean nothing.
    init(
        query: [(name: String, value: String)], body: JSONElement?, scalars: [String], structured: [String] = [],
        lists: [String] = [], ignored: [String] = []
    ) throws {
        for (name, value) in query {
            guard scalars.contains(name) || lists.contains(name) else {
                throw Problem(
                    400, "unknown_parameter", "\(Self.quotable(name)) is not a parameter of this route",
                    hint: suggestion(for: name, among: scalars + lists), pointer: "query:\(Self.quotable(name))")
            }
            try set(name, .text(ByteText(value)), at: "query:\(name)")
        }
        for member in body.map({ Array($0.members) }) ?? [] {
            let (name, element) = (member.key.string, member.value)
            let pointer = JSONElement.token(member.key)
            if scalars.contains(name) {
                switch element.kind {
                case .string: try set(name, .text(ByteText(element.string ?? "")), at: pointer)
                case .number: try set(name, .number(element.double ?? 0), at: pointer)
                case .boolean: try set(name, .bool(element.bool ?? false), at: pointer)
                case .null: continue
                case .array, .object:
                    throw Problem(422, "invalid_parameter", "cannot be \(element.kind.noun)", pointer: pointer)
                }
            } else if structured.contains(name) || lists.contains(name) {
                guard values[name] == nil else {
                    throw Problem(
                        400, "conflicting_parameter", "is given in the query and in the body", pointer: pointer)
                }
                guard members.updateValue(element, forKey: name) == nil else {
                    throw Problem(400, "invalid_json", "is given twice", pointer: pointer)
                }
            } else if !ignored.contains(name) {
                throw Problem(
                    400, "unknown_parameter", "is not a parameter of this route",
                    hint: suggestion(for: name, among: scalars + structured + lists), pointer: pointer)
            }
        }
    }

    private mutating func set(_ name: String, _ value: Value, at pointer: String) throws {
        if let earlier = values[name], !Self.agree(earlier.value, value) {
            throw Problem(
                400, "conflicting_parameter", "is given twice, with different values", pointer: pointer)
        }
        values[name] = (value, pointer)
    }

    private static func agree(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.text(let text), .number(let number)), (.number(let number), .text(let text)):
            Double(text.string) == number
        case (.text(let text), .bool(let bool)), (.bool(let bool), .text(let text)):
            Self.bool(text.string) == bool
        default: a == b
        }
    }

    /// A name that can stand in an answer.
    private static func quotable(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(64).filter { $0.value > 0x20 && $0.value != 0x7F }))
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) throws -> String? {
        switch values[name]?.value {
        case nil: nil
        case .text(let text)?: text.string
        case .number?, .bool?: throw invalid(name, "must be a text")
        }
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        let number: Double?
        switch values[name]?.value {
        case nil: return nil
        case .number(let given)?: number = given
        case .text(let text)?: number = Double(text.string)
        case .bool?: number = nil
        }
        guard let number, range.contains(number) else {
            throw invalid(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        let number: Int?
        switch values[name]?.value {
        case nil: return nil
        case .number(let given)?: number = Int(exactly: given)
        case .text(let text)?: number = Int(text.string)
        case .bool?: number = nil
        }
        guard let number, range.contains(number) else {
            throw invalid(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ name: String) throws -> Bool? {
        switch values[name]?.value {
        case nil: nil
        case .bool(let bool)?: bool
        case .text(let text)? where Self.bool(text.string) != nil: Self.bool(text.string)
        default: throw invalid(name, "must be true or false")
        }
    }

    /// A name alone says yes.
    private static func bool(_ text: String) -> Bool? {
        ["true": true, "1": true, "": true, "false": false, "0": false][text]
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, of type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        try choice(name, among: Choice.allCases.map(\.rawValue)).flatMap(Choice.init)
    }

    func choice(_ name: String, among choices: [String]) throws -> String? {
        guard let text = try text(name) else { return nil }
        guard choices.contains(text) else {
            throw invalid(name, "must be one of \(choices.joined(separator: ", "))")
        }
        return text
    }

    /// A text, and none where there is nothing in it.
    func filledText(_ name: String) throws -> String? { try text(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// The parts of a list that a query gives as one text; none where there is nothing in it.
    func list(_ name: String) throws -> [Substring]? {
        // By bytes: an accent behind a comma is one character with it.
        try filledText(name)?.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { Substring($0) }
    }

    /// A plain value as a family's option; widths of layers have commas between them.
    func option(_ option: Option) -> OptionValue? {
        switch values[option.name]?.value {
        case nil, .bool?: return nil
        case .number(let number)?: return .number(number)
        case .text(let text)?:
            let text = text.string
            if case .widths = option.kind {
                let parts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
                let widths = parts.map { Int($0) }
                return widths.contains(nil) ? .text(text) : .widths(widths.compactMap(\.self))
            }
            return Double(text).map(OptionValue.number) ?? .text(text)
        }
    }

    private func invalid(_ name: String, _ detail: String) -> Problem {
        Problem(422, "invalid_parameter", detail, pointer: values[name]?.pointer ?? name)
    }
}

/// A model's name, and maybe a version's number: `name` or `name@version`.
struct ModelReference: Sendable {
    var name: String
    var version: Int?

    static let standardName = "default"

    init(_ text: String?) throws {
        let parts = (text ?? Self.standardName).split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        guard Self.isName(name) else {
            throw Problem(
                422, "invalid_parameter",
                "a model's name has 1 to 64 lower-case letters, digits, dots, dashes and underscores, and begins with a letter or digit",
                pointer: "/model")
        }
        if parts.count == 2 {
            guard let number = Int(parts[1]), number > 0 else {
                throw Problem(422, "invalid_parameter", "a version is a whole number above 0", pointer: "/model")
            }
            version = number
        }
    }

    static func isName(_ text: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || 0x30...0x39 ~= byte }
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }
}
