package import Formats
import NeuralNetwork

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
        package var types: TextMap = [:]
        /// What rows keep, in the words of `Constraint.Rule`, beside what the data leave no doubt of; with "none" alone.
        package var constraints: [String] = []

        package init(seed: UInt64) { self.seed = seed }
    }

    package let family: String
    package let columns: [ByteText]
    package let steps: Int
    package let batchSize: Int
    package let seed: UInt64
    package let options: Options
    package let types: TextMap
    /// What rows keep; `nil` for families that know no such rules.
    package let constraints: [Constraint]?

    package static let maximumSteps = 100_000_000
    package static let maximumBatchSize = 65_536
    /// Each rule is looked for in all rows.
    private static let maximumRules = 256

    /// Resolves a request against the data that it comes with, and checks both.
    ///
    /// - Returns: also what the columns are, where the family has to know.
    static func resolve(
        _ request: Request, for table: Table
    ) throws(SpecificationError) -> (specification: Specification, schema: Schema?) {
        // Numbers and vectors are one thing, records with texts or gaps another.
        let rules = try rules(request.constraints, columns: ConstraintNames(table.names))
        let hasRecords =
            !request.types.isEmpty || !rules.isEmpty
            || table.columns.contains { $0.texts != nil || $0.values.contains(where: \.isNaN) }
        let name = request.family ?? (hasRecords ? RecordsFamily().name : DenseFamily().name)
        guard let family = Families.named(name) else {
            throw SpecificationError(
                .invalidParameter, at: "/options/family",
                "must be one of \(Families.all.map(\.name).joined(separator: ", "))")
        }
        guard request.types.isEmpty || family.makesRecords else {
            throw SpecificationError(
                .invalidParameter, at: "/types", "the \(name) family knows none: its columns are numbers")
        }
        guard request.steps == nil || request.epochs == nil else {
            throw SpecificationError(.invalidParameter, at: "/epochs", "cannot be given together with steps")
        }
        let types = try types(request.types, rules)
        let schema = try family.schema(of: table, types: types, within: .unlimited)
        let constraints = try family.constraints(
            rules, inferring: !request.constraints.contains(Constraint.Rule.none), for: table, schema)
        let options = try Options(given: request.options, known: family.options(columns: table.columns.count))
        let (batchSize, steps) = try schedule(request, family, options, rows: table.rowCount)
        let specification = Specification(
            family: family.name, columns: table.columns.map(\.name), steps: steps, batchSize: batchSize,
            seed: request.seed, options: options, types: types, constraints: constraints)
        return (specification, schema)
    }

    /// How many rows there are in a batch, and how many batches.
    private static func schedule(
        _ request: Request, _ family: any Family, _ options: Options, rows: Int
    ) throws(SpecificationError) -> (batchSize: Int, steps: Int) {
        let together = family.rowsTogether(options)
        let batchSize = request.batchSize ?? (family.standardBatchSize + together - 1) / together * together
        guard 1...maximumBatchSize ~= batchSize else {
            throw SpecificationError(
                .invalidParameter, at: "/batch_size", "must be from 1 to \(maximumBatchSize)")
        }
        guard batchSize.isMultiple(of: together) else {
            throw SpecificationError(
                .invalidParameter, at: "/batch_size",
                "must be a multiple of \(together): the discriminator judges so many rows together")
        }
        let perEpoch = max(1, (rows + batchSize - 1) / batchSize)
        if let epochs = request.epochs {
            guard 1...maximumSteps / perEpoch ~= epochs else {
                throw SpecificationError(
                    .invalidParameter, at: "/epochs", "must be from 1 to \(maximumSteps / perEpoch)")
            }
            return (batchSize, family.isTrained ? epochs * perEpoch : 0)
        }
        let steps = request.steps ?? family.standardSteps(rows: rows)
        guard 0...maximumSteps ~= steps else {
            throw SpecificationError(.invalidParameter, at: "/steps", "must be from 0 to \(maximumSteps)")
        }
        return (batchSize, family.isTrained ? steps : 0)
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
        _ given: TextMap, _ rules: [Constraint.Rule]
    ) throws(SpecificationError) -> TextMap {
        var types = given
        for case .unique(let column) in rules {
            let identifier = Schema.Kind.identifier.rawValue
            guard types[column] ?? identifier == identifier else {
                throw SpecificationError(
                    .invalidParameter, at: "/types", "column \(column) is unique, and so an identifier")
            }
            types[column] = identifier
        }
        return types
    }

    /// The family of that name; a specification is only ever made for one that exists.
    var resolvedFamily: any Family {
        Families.named(family) ?? DenseFamily()
    }

    /// The networks for rows of an encoder; `nil` where the family has none.
    func networks(for encoder: TableEncoder) -> Networks? { resolvedFamily.networks(options, encoder) }

    /// The steps of the scorer: enough to show it a million rows, where that is neither too few nor more than it needs.
    var scorerSteps: Int { resolvedFamily.isCalibrated ? min(3_000, max(1_000, 1_000_000 / batchSize)) : 0 }

    /// How the networks are trained; `nil` where nothing is.
    var recipe: Recipe? { resolvedFamily.recipe(options) }
}
