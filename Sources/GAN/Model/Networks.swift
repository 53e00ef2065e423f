package import NeuralNetwork

/// The networks of a model.
package struct Networks: Sendable {
    package var latent: Int
    package var generator: Network
    /// Judges `packing` rows side by side.
    package var discriminator: Network
    /// Judges each row by itself, as scores have to; a network like the discriminator unless it is given.
    package var scorer: Network
    package var packing: Int
    /// What makes choices of the generator's outputs, where a row has any.
    package var choices: GumbelSoftmax?

    package init(
        latent: Int, generator: Network, discriminator: Network, scorer: Network? = nil, packing: Int = 1,
        choices: GumbelSoftmax? = nil
    ) {
        self.latent = latent
        self.generator = generator
        self.discriminator = discriminator
        self.scorer = scorer ?? discriminator
        self.packing = packing
        self.choices = choices
    }

    /// The floating-point operations of a step of training, for each row of the batch: as many as 4 forward passes of the
    /// generator and 11 of the discriminator.
    package var operationsPerRow: Int { 4 * generator.operationsPerRow + 11 * discriminator.operationsPerRow }

    /// Whether the discriminator judges each row by itself, too.
    var judgesRowsAlone: Bool { packing == 1 && !discriminator.layers.contains { $0 is MinibatchDeviation } }

    /// Whether what a discriminator is trained in is no room for the scorer.
    var hasOtherScorer: Bool { discriminator.parameters != scorer.parameters }

    /// The same with the scorer in the discriminator's place.
    var forScoring: Networks {
        var networks = self
        (networks.discriminator, networks.packing) = (scorer, 1)
        return networks
    }
}
