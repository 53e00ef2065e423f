package import Formats
import NeuralNetwork

/// All that a training needs of its data, found out once: what it will do, what the columns are, and how rows become
/// floats.
package struct Material: Sendable {
    package let specification: Specification
    package let table: Table
    /// What the columns are, where the family has to know.
    let schema: Schema?
    package let encoder: TableEncoder
    /// What the user should know before relying on the model.
    package let warnings: [String]

    /// Resolves a request against the data that it comes with.
    ///
    /// - Throws: why there can be no such training.
    package init(_ request: Specification.Request, for table: Table) throws(SpecificationError) {
        let (specification, schema) = try Specification.resolve(request, for: table)
        try self.init(specification, table, schema, within: .unlimited)
    }

    /// Prepares the data of a request that was resolved before.
    ///
    /// - Throws: `SpecificationError` where the data are not those that it was resolved for, or the training is to stop.
    package init(
        _ specification: Specification, for table: Table, within allowance: Allowance = .unlimited
    ) throws(SpecificationError) {
        let schema = try specification.resolvedFamily.schema(of: table, types: specification.types, within: allowance)
        try self.init(specification, table, schema, within: allowance)
    }

    private init(
        _ specification: Specification, _ table: Table, _ schema: Schema?, within allowance: Allowance
    ) throws(SpecificationError) {
        let family = specification.resolvedFamily
        try family.check(table, specification.options)
        let encoding = try family.encoding(
            of: table, specification.options, specification.constraints ?? [], schema, within: allowance)
        self.specification = specification
        self.table = table
        self.schema = schema
        encoder = encoding.encoder
        let few =
            family.isTrained && table.rowCount < 50
            ? ["only \(table.rowCount) rows: expect copies of them; 500 or more are advisable"] : []
        warnings = family.warnings + few + encoding.warnings
    }

    /// The networks of the training; `nil` where there are none.
    var networks: Networks? { specification.networks(for: encoder) }

    /// Whether the training may begin with a model's weights: the same family, columns and networks.
    package func canStart(from snapshot: Snapshot) -> Bool {
        let other = snapshot.manifest.specification
        guard specification.family == other.family, specification.columns == other.columns,
            specification.constraints == other.constraints, let networks, let others = snapshot.networks
        else { return false }
        return networks.generator.parameters == others.generator.parameters
            && networks.discriminator.parameters == others.discriminator.parameters
    }
}
