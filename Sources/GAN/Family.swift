package import Formats
package import NeuralNetwork

/// A kind of generative adversarial network: its options, its networks and what it promises.
package protocol Family: Sendable {
    var name: String { get }
    /// Whether there is anything to train.
    var isTrained: Bool { get }
    /// Whether scores are calibrated after training; otherwise they are σ(logit), whatever was trained.
    var isCalibrated: Bool { get }
    var standardSteps: Int { get }
    var standardBatchSize: Int { get }
    /// What every user of the family should know.
    var warnings: [String] { get }

    func options(columns: Int) -> [Option]
    /// Refuses data that the family cannot learn from.
    func check(_ table: Table, options: Options) throws(SpecificationError)
    func encoder(for table: Table) -> TableEncoder
    /// The networks, or `nil` where there are none.
    func networks(_ specification: Specification) -> Networks?
    /// The recipe of a training, or `nil` where there is nothing to train.
    func recipe(_ specification: Specification) -> Recipe?
    /// Overwrites the initial weights where the options say so.
    func adjust(generator: inout [Float], discriminator: inout [Float], options: Options)
}

extension Family {
    package var isTrained: Bool { true }
    package var isCalibrated: Bool { true }
    package var standardBatchSize: Int { 128 }
    package var warnings: [String] { [] }

    package func check(_ table: Table, options: Options) throws(SpecificationError) {
        guard table.rowCount >= 2 else {
            throw SpecificationError(.tooFewRows, at: "/data", "at least 2 rows are needed to learn from")
        }
        try checkNumbers(table)
    }

    /// Refuses texts and missing values, which only records have.
    func checkNumbers(_ table: Table) throws(SpecificationError) {
        for column in table.columns {
            guard column.texts == nil else {
                throw SpecificationError(
                    .invalidData, at: "/data",
                    "column \(column.name) is one of texts, which the \(name) family cannot learn")
            }
            if let row = column.values.firstIndex(where: \.isNaN) {
                throw SpecificationError(
                    .invalidData, at: "row:\(row + 1)/column:\(column.name)",
                    "the value is missing, which the \(name) family cannot learn")
            }
        }
    }

    package func adjust(generator: inout [Float], discriminator: inout [Float], options: Options) {}
}

/// The families that there are.
package enum Families {
    package static let all: [any Family] = [DenseFamily(), LinearFamily(), UniformFamily()]

    package static func named(_ name: String) -> (any Family)? { all.first { $0.name == name } }
}

/// The networks of a model.
package struct Networks: Sendable {
    package var latent: Int
    package var generator: Network
    package var discriminator: Network

    package init(latent: Int, generator: Network, discriminator: Network) {
        self.latent = latent
        self.generator = generator
        self.discriminator = discriminator
    }

    package init?(_ specification: Specification) {
        guard let networks = specification.resolvedFamily.networks(specification) else { return nil }
        self = networks
    }
}
