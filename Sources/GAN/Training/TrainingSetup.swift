import Formats
import NeuralNetwork

/// What a training works with and never changes: its networks and their recipe, and its rows as floats.
struct TrainingSetup: Sendable {
    let material: Material
    let networks: Networks?
    let recipe: Recipe?
    let split: Split
    /// Encoded rows: those to learn from and those held out.
    let training: CompactRows
    let heldOut: CompactRows
    /// The rows held out, as the scorer sees them.
    let scoringHeldOut: CompactRows
    /// `nil` where nothing is trained or there are too few rows to tell anything.
    let judge: Judge?
    /// The quality of real rows: no generator can be told to be better.
    let floor: Quality?

    /// The scorer's percentiles are told by this many rows that are new to it, where there are enough.
    private static let rankedRows = 10_000

    /// - Throws: `SpecificationError` where the training is to stop.
    init(_ material: Material, within allowance: Allowance) throws(SpecificationError) {
        self.material = material
        let (specification, table, encoder) = (material.specification, material.table, material.encoder)
        networks = material.networks
        recipe = specification.recipe
        split = Split(rows: table.rowCount, seed: specification.seed)
        training = try encoder.compactRows(
            split.training(at: 0..<split.trainingCount), of: table,
            random: Random(seed: specification.seed, stream: .encoding), within: allowance)
        heldOut = try encoder.compactRows(split.heldOut, of: table, within: allowance)
        scoringHeldOut =
            encoder.hasOtherScoringRows
            ? try encoder.compactRows(split.heldOut, of: table, forScoring: true, within: allowance) : heldOut
        judge = networks == nil ? nil : try Self.judge(material, split, training)
        try allowance.checkPreparing()
        floor = judge?.floor
    }

    private static func judge(
        _ material: Material, _ split: Split, _ training: CompactRows
    ) throws(SpecificationError) -> Judge? {
        let (encoder, seed) = (material.encoder, material.specification.seed)
        guard split.holdsOut,
            let count = Judge.rowCount(
                training: training.count, heldOut: split.heldOut.count, width: encoder.width)
        else { return nil }
        let unseen = material.table.rows(evenSteps(count, through: split.heldOut.count).map { Int(split.heldOut[$0]) })
        return Judge(
            training: training.rows(evenSteps(count, through: training.count)),
            heldOut: try encoder.encode(unseen, random: Random(seed: seed, stream: .evaluation)).values,
            width: encoder.width, seed: seed)
    }

    var specification: Specification { material.specification }
    var table: Table { material.table }
    var encoder: TableEncoder { material.encoder }
    var family: any Family { material.specification.resolvedFamily }

    func random(_ stream: Random.Stream) -> Random { Random(seed: specification.seed, stream: stream) }

    /// Training rows in the order of a stream.
    func rows(_ stream: Random.Stream) -> TrainingRows { TrainingRows(rows: training, random: random(stream)) }

    /// Rows of a generator with these weights, which are served or judged.
    func served(_ networks: Networks, _ weights: [Float], _ stream: Random.Stream) -> GeneratedRows {
        GeneratedRows(networks: networks, weights: weights, latent: random(stream), choices: .hard)
    }

    /// Whether some of a table's rows are kept from the scorer: where there are many to learn from, and few held out.
    static func setsAside(rows: Int) -> Bool { rows - rows / 10 >= rankedRows && rows / 10 < rankedRows }

    /// The places of training rows that the scorer does not learn from, so that there are enough real rows that are new to
    /// it to tell percentiles by: more than are held out, where it can spare them.
    var setAside: [Int] {
        let missing = Self.rankedRows - heldOut.count
        guard Self.setsAside(rows: table.rowCount) else { return [] }
        return evenSteps(min(missing, training.count / 10), through: training.count)
    }
}
