package import Formats
import NeuralNetwork

/// What is found out about a training before it is accepted, once: what it will do, and what its data come to.
package struct Draft: Sendable {
    package let specification: Specification
    /// What the user should know before relying on the model.
    package let warnings: [String]
    private let encoder: TableEncoder
    private let rowCount: Int

    /// Resolves a request against the data that it comes with.
    ///
    /// - Throws: why there can be no such training.
    package init(_ request: Specification.Request, for table: Table) throws(SpecificationError) {
        var schema: Schema?
        let specification = try Specification(request, for: table, schema: &schema)
        try self.init(specification, for: table, schema)
    }

    /// What is already resolved, and the data that it was resolved for.
    package init(_ specification: Specification, for table: Table) throws(SpecificationError) {
        try self.init(
            specification, for: table,
            specification.resolvedFamily.schema(of: table, types: specification.types, within: .unlimited))
    }

    private init(_ specification: Specification, for table: Table, _ schema: Schema?) throws(SpecificationError) {
        let family = specification.resolvedFamily
        try family.check(table, specification)
        let encoding = try family.encoding(of: table, specification, schema, within: .unlimited)
        self.specification = specification
        encoder = encoding.encoder
        rowCount = table.rowCount
        let few =
            family.isTrained && rowCount < 50
            ? ["only \(rowCount) rows: expect copies of them; 500 or more are advisable"] : []
        warnings = family.warnings + few + encoding.warnings
    }

    /// Whether the training may begin with a model's weights: the same family, columns and networks.
    package func canStart(from snapshot: Snapshot) -> Bool {
        let other = snapshot.manifest.specification
        guard specification.family == other.family, specification.columns == other.columns,
            specification.constraints == other.constraints, let own = Networks(specification, encoder),
            let theirs = Networks(other, snapshot.manifest.encoder)
        else { return false }
        return own.generator.parameters == theirs.generator.parameters
            && own.discriminator.parameters == theirs.discriminator.parameters
    }

    /// A bound on the memory that the training takes beside the data itself, in bytes.
    package var estimatedMemory: Int {
        guard let networks = Networks(specification, encoder) else { return 0 }
        let batchSize = specification.batchSize
        let groups = specification.resolvedFamily.recipe(specification)?.penalty(at: 0).groups ?? 2
        let weights =
            networks.generator.weightCount + networks.discriminator.weightCount + networks.scorer.weightCount
        // Beside where the training stands there are a batch's gradients, the last snapshot and the one that is served.
        let networkBytes =
            Checkpoint.bytes(networks) + 3 * 4 * weights
            + Objective.bytes(networks, batchSize: batchSize, groups: groups)
            + (networks.hasOtherScorer
                ? Objective.bytes(networks.forScoring, batchSize: batchSize, groups: 2) : 0)
        // The rows are there as the discriminator sees them and as the scorer does, a piece of them as floats.
        return networkBytes + 2 * rowCount * encoder.emptyRows.bytesPerRow + encoder.pieceBytes(rows: rowCount)
    }
}
