package import Formats
import NeuralNetwork

/// Why a training cannot be: found before anything is started.
package struct SpecificationError: Error, Equatable {
    package enum Reason: Sendable, Equatable {
        case invalidParameter, invalidData, tooFewRows, schemaMismatch
        case unknownOption(name: String, known: [String])
    }

    package var reason: Reason
    /// A JSON Pointer into the request, or `row:n/column:name`.
    package var pointer: String
    package var detail: String

    package init(_ reason: Reason, at pointer: String, _ detail: String) {
        self.reason = reason
        self.pointer = pointer
        self.detail = detail
    }

    /// The same error of rows that stand behind others.
    func moved(byRows count: Int) -> SpecificationError {
        guard pointer.hasPrefix("row:") else { return self }
        let number = pointer.dropFirst(4).prefix { $0 != "/" }
        guard let row = Int(number) else { return self }
        return SpecificationError(reason, at: "row:\(row + count)\(pointer.dropFirst(4 + number.count))", detail)
    }
}

/// Everything that decides what a training does, all defaults resolved; with the data it decides the weights.
package struct Specification: Sendable, Equatable, Codable {
    /// What the user asked for; whatever is `nil` the family decides.
    package struct Request: Sendable {
        package var family: String?
        package var steps: Int?
        package var epochs: Int?
        package var batchSize: Int?
        package var seed: UInt64
        package var options: [String: OptionValue] = [:]
        /// What columns are, by name, where it is not to be inferred: names of `Schema.typeNames`.
        package var types: [String: String] = [:]
        /// What rows keep, in the words of `Constraint.Rule`, beside what the data leave no doubt of; with "none" alone.
        package var constraints: [String] = []

        package init(seed: UInt64) { self.seed = seed }
    }

    package let family: String
    package let columns: [String]
    package let steps: Int
    package let batchSize: Int
    package let seed: UInt64
    package let options: Options
    package let types: [String: String]
    /// What rows keep; `nil` for families that know no such rules.
    package let constraints: [Constraint]?

    package static let maximumSteps = 100_000_000
    package static let maximumBatchSize = 65_536
    /// Each rule is looked for in all rows.
    private static let maximumRules = 256

    /// Resolves a request against the data that it comes with, and checks both.
    package init(_ request: Request, for table: Table) throws(SpecificationError) {
        self = try Draft(request, for: table).specification
    }

    /// Resolves a request against the data that it comes with.
    ///
    /// - Parameter schema: set to what the columns are, where the family has to know.
    init(_ request: Request, for table: Table, schema: inout Schema?) throws(SpecificationError) {
        // Numbers and vectors are one thing, records with texts or gaps another.
        let rules = try Self.rules(request.constraints, columns: ConstraintNames(table.names))
        let hasRecords =
            !request.types.isEmpty || !rules.isEmpty
            || table.columns.contains { $0.texts != nil || $0.values.contains(where: \.isNaN) }
        let name = request.family ?? (hasRecords ? RecordsFamily().name : DenseFamily().name)
        guard let family = Families.named(name) else {
            throw SpecificationError(
                .invalidParameter, at: "/options/family",
                "must be one of \(Families.all.map(\.name).joined(separator: ", "))")
        }
        guard request.steps == nil || request.epochs == nil else {
            throw SpecificationError(.invalidParameter, at: "/epochs", "cannot be given together with steps")
        }
        self.family = family.name
        columns = table.columns.map(\.name)
        seed = request.seed
        types = try Self.types(request.types, rules)
        schema = try family.schema(of: table, types: types)
        constraints = try family.constraints(
            rules, inferring: !request.constraints.contains(Constraint.Rule.none), for: table, schema)
        options = try Options(given: request.options, known: family.options(columns: columns.count))
        let together = family.rowsTogether(options)
        batchSize = request.batchSize ?? (family.standardBatchSize + together - 1) / together * together
        guard 1...Self.maximumBatchSize ~= batchSize else {
            throw SpecificationError(
                .invalidParameter, at: "/batch_size", "must be from 1 to \(Self.maximumBatchSize)")
        }
        guard batchSize.isMultiple(of: together) else {
            throw SpecificationError(
                .invalidParameter, at: "/batch_size",
                "must be a multiple of \(together): the discriminator judges so many rows together")
        }
        let perEpoch = max(1, (table.rowCount + batchSize - 1) / batchSize)
        if let epochs = request.epochs {
            guard 1...Self.maximumSteps / perEpoch ~= epochs else {
                throw SpecificationError(
                    .invalidParameter, at: "/epochs", "must be from 1 to \(Self.maximumSteps / perEpoch)")
            }
            steps = family.isTrained ? epochs * perEpoch : 0
        } else {
            let given = request.steps ?? family.standardSteps(rows: table.rowCount)
            guard 0...Self.maximumSteps ~= given else {
                throw SpecificationError(.invalidParameter, at: "/steps", "must be from 0 to \(Self.maximumSteps)")
            }
            steps = family.isTrained ? given : 0
        }
    }

    private static func rules(
        _ texts: [String], columns: ConstraintNames
    ) throws(SpecificationError) -> [Constraint.Rule] {
        guard texts.count <= maximumRules else {
            throw SpecificationError(.invalidParameter, at: "/constraints", "there are more than \(maximumRules)")
        }
        var rules: [Constraint.Rule] = []
        for (index, text) in texts.enumerated() where text != Constraint.Rule.none {
            guard let rule = Constraint.Rule(text, columns: columns) else {
                throw SpecificationError(
                    .invalidParameter, at: "/constraints/\(index)",
                    "must be first<=second, first<second, combination:first:second or unique:column, of columns that "
                        + "there are, or \(Constraint.Rule.none)")
            }
            if !rules.contains(rule) { rules.append(rule) }
        }
        return rules
    }

    /// Unique columns are identifiers.
    private static func types(
        _ given: [String: String], _ rules: [Constraint.Rule]
    ) throws(SpecificationError) -> [String: String] {
        var types = given
        for case .unique(let column) in rules {
            guard types.updateValue(Schema.Kind.identifier.rawValue, forKey: column) ?? "identifier" == "identifier"
            else {
                throw SpecificationError(
                    .invalidParameter, at: "/types", "column \(column) is unique, and so an identifier")
            }
        }
        return types
    }

    /// The family of that name; a specification is only ever made for one that exists.
    var resolvedFamily: any Family {
        Families.named(family) ?? DenseFamily()
    }
}
