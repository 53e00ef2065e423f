import Formats
import Glibc
import NeuralNetwork

extension Snapshot {
    private static let outputLimit = 1e30
    /// Farther than that neither normal draws nor encoded values ever are.
    private static let (farthestLatent, farthestValue) = (16.0, 2e9)

    /// Puts together a snapshot that somebody brings, with everything checked that sampling and scoring rely on: however
    /// it was made, no row of it ends the process.
    package init(
        checking manifest: Manifest, tensors: [String: (shape: [Int], values: [Float])]
    ) throws(ManifestError) {
        try manifest.specification.check()
        try manifest.encoder.check(manifest.specification)
        guard manifest.calibration.isSound, manifest.rejection?.isSound ?? true,
            0...Specification.maximumSteps ~= manifest.step
        else { throw ManifestError("the calibration or the step makes no sense") }
        let networks = manifest.specification.networks(for: manifest.encoder)
        var expected: [String: [Int]] = [:]
        func expect(_ prefix: String, _ network: Network) {
            for parameter in network.parameters { expected["\(prefix).\(parameter.name)"] = parameter.shape }
        }
        if let networks {
            guard networks.generator.outputs == manifest.encoder.width,
                networks.scorer.inputs == manifest.encoder.width
            else { throw ManifestError("the networks are of another width than the rows") }
            expect("generator", networks.generator)
            expect("discriminator", networks.discriminator)
            if manifest.box != nil { expect("scorer", networks.scorer) }
        } else if manifest.box != nil || manifest.encoder.width != 1 {
            throw ManifestError("a model without networks has a single number")
        }
        if let logits = tensors["held_out_logits"] { expected["held_out_logits"] = [logits.values.count] }
        if manifest.joint != nil { expected["joint_odds"] = [tensors["joint_odds"]?.values.count ?? 0] }
        for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
            guard let tensor = tensors[name] else { throw ManifestError("the tensor \(name) is missing") }
            guard tensor.shape == shape, tensor.values.count == shape.reduce(1, *) else {
                throw ManifestError("the tensor \(name) has not the shape \(shape)")
            }
        }
        guard tensors.count == expected.count else { throw ManifestError("there are tensors that no network has") }
        guard tensors.values.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
            throw ManifestError("there are values that are not finite")
        }
        if let box = manifest.box {
            guard box.lower.count == manifest.encoder.width, box.upper.count == manifest.encoder.width,
                zip(box.lower, box.upper).allSatisfy({ $0.isFinite && $1.isFinite && $0 <= $1 })
            else { throw ManifestError("the scorer's box is none") }
        }
        guard let snapshot = Snapshot(manifest: manifest, tensors: tensors) else {
            throw ManifestError("the tensors do not make the networks and the joint odds")
        }
        guard zip(snapshot.realLogits, snapshot.realLogits.dropFirst()).allSatisfy(<=) else {
            throw ManifestError("the real rows' logits are not ascending")
        }
        if let networks {
            let bounds = [
                networks.generator.bound(weights: snapshot.generator, input: Self.farthestLatent),
                networks.discriminator.bound(weights: snapshot.discriminator, input: Self.farthestValue),
                snapshot.scorer.isEmpty
                    ? 0 : networks.scorer.bound(weights: snapshot.scorer, input: Self.farthestValue),
            ]
            guard bounds.allSatisfy({ $0 < Self.outputLimit }) else {
                throw ManifestError("the weights are so large that a row may overflow")
            }
        }
        self = snapshot
    }
}

extension Specification {
    /// Whole numbers up to this are told apart by every JSON reader.
    package static let maximumSeed: UInt64 = 1 << 53 - 1

    /// Checks what `init` has checked of one that was made here.
    fileprivate func check() throws(ManifestError) {
        guard let known = Families.named(family) else { throw ManifestError("the family is unknown") }
        guard 1...65_536 ~= columns.count, Set(columns).count == columns.count else {
            throw ManifestError("the columns' names are not different ones")
        }
        guard 0...Self.maximumSteps ~= steps, 1...Self.maximumBatchSize ~= batchSize, seed <= Self.maximumSeed else {
            throw ManifestError("the steps, the batch size or the seed are out of range")
        }
        guard types.pairs.allSatisfy({ columns.contains($0.name) && Schema.typeNames.contains($0.text) }) else {
            throw ManifestError("the types are not those of columns")
        }
        let ruled = Set((constraints ?? []).flatMap(\.rule.columns))
        guard ruled.isSubset(of: columns) else {
            throw ManifestError("a constraint is one of columns that there are not")
        }
        do throws(SpecificationError) {
            // A model may be older than some options, and is then as if they had never been.
            _ = try Options(given: options.values, known: known.options(columns: columns.count))
        } catch {
            throw ManifestError("the options \(error.detail)")
        }
        if known.name == UniformFamily().name {
            guard let low = options.number("low"), let high = options.number("high"), low < high else {
                throw ManifestError("low is not below high")
            }
        }
    }
}

extension TableEncoder {
    fileprivate func check(_ specification: Specification) throws(ManifestError) {
        guard columns.map(\.name) == specification.columns else {
            throw ManifestError("the encoder has other columns than the specification")
        }
        guard orientation != .numbers || columns.count == 1 else {
            throw ManifestError("rows of several columns are not numbers")
        }
        var offset = 0
        let coders = coders
        for (index, column) in columns.enumerated() {
            guard column.offset == offset else { throw ManifestError("a column is not where the one before it ends") }
            try column.coder.check(at: index, among: coders)
            offset += column.coder.layout.width
        }
        try checkOrder()
        guard offset == width, width > 0 else { throw ManifestError("the width is not that of the columns") }
        guard width <= Self.maximumWidth else { throw ManifestError("the rows are too wide") }
    }
}
