import Foundation

@testable import GAN
@testable import Models

/// Files of PUT /models/{name}/weights. Where the first byte is a brace, the length before the header is left out, and a
/// newline ends the header: its length may then change.
struct WeightsTarget: Target {
    var seeds: [[UInt8]] {
        TinyModel.shared.flatMap { model -> [[UInt8]] in
            let bytes = model.file.bytes
            let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
            return [bytes, bytes[8..<8 + length] + [UInt8(ascii: "\n")] + bytes[(8 + length)...]]
        }
            + [
                #"{"a":{"dtype":"F32","shape":[1,0,9223372036854775807],"data_offsets":[0,0]}}"#,
                #"{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}"#,
                #"{"__metadata__":{"format":"gand","caf\u00e9":"1","cafe\u0301":"2"},"a":{}}"#,
            ].map { Array("\($0)\n0123456789".utf8) }
    }

    func read(_ input: [UInt8]) {
        var bytes = input
        if input.first == UInt8(ascii: "{"), let end = input.firstIndex(of: UInt8(ascii: "\n")) {
            bytes = (0..<8).map { UInt8(truncatingIfNeeded: end >> (8 * $0)) } + input[..<end] + input[(end + 1)...]
        }
        if let file = try? Safetensors(contentsOf: bytes, finite: false) {
            let again = must("to read what was written") { try Safetensors(contentsOf: file.encoded(), finite: false) }
            precondition(again.encoded() == file.encoded(), "the file is another")
        }
        guard let file = try? WeightsFile(bytes) else { return }
        ModelLife(file, isTrained: false).run()
    }
}

/// The manifest, the provenance and the report of such a file, a line each; the tensors are those that the manifest asks
/// for.
struct ManifestTarget: Target {
    var seeds: [[UInt8]] {
        TinyModel.shared.flatMap { model -> [[UInt8]] in
            guard let metadata = try? Safetensors(contentsOf: model.file.bytes).metadata else { return [] }
            let lines = ["manifest", "provenance", "report"].map { metadata[$0] ?? "" }
            return [lines, [lines[0]]].map { Array($0.joined(separator: "\n").utf8) }
        }
    }

    private static let weightLimit = 20_000

    func read(_ input: [UInt8]) {
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var metadata = ["format": "gand", "manifest": lines.first ?? "", "provenance": Self.provenance]
        if lines.count > 1 { metadata["provenance"] = lines[1] }
        if lines.count > 2, !lines[2].isEmpty { metadata["report"] = lines[2] }
        func file(_ tensors: [Safetensors.Tensor]) -> Result<WeightsFile, any Error> {
            Result { try WeightsFile(Safetensors(tensors: tensors, metadata: metadata).encoded()) }
        }
        // All that is checked before the tensors are looked for must be as it should.
        switch file([]) {
        case .success(let file): ModelLife(file, isTrained: false).run()
        case .failure(WeightsFile.Error.model(let detail)) where detail.hasSuffix(" is missing"):
            guard let manifest = Self.manifest(lines[0]), let tensors = Self.tensors(of: manifest, SplitMix(of: input)),
                let file = try? file(tensors).get()
            else { return }
            ModelLife(file, isTrained: false).run()
        case .failure: return
        }
    }

    private static let provenance: String = {
        let metadata = try? Safetensors(contentsOf: TinyModel.shared[0].file.bytes).metadata
        return metadata?["provenance"] ?? ""
    }()

    /// As the file's own reader has it.
    private static func manifest(_ text: String) -> Snapshot.Manifest? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(Snapshot.Manifest.self, from: Data(text.utf8))
    }

    /// The tensors that a manifest asks for, of weights drawn by chance; `nil` where they would be many.
    private static func tensors(of manifest: Snapshot.Manifest, _ random: SplitMix) -> [Safetensors.Tensor]? {
        var random = random
        func tensor(_ name: String, _ shape: [Int]) -> Safetensors.Tensor {
            let values = (0..<shape.reduce(1, *)).map { _ in Float(random.next(below: 2001) - 1000) / 1000 }
            return Safetensors.Tensor(
                name: name, shape: shape, values: .float32(name == "held_out_logits" ? values.sorted() : values))
        }
        var tensors = [tensor("held_out_logits", [5])]
        if let networks = manifest.specification.networks(for: manifest.encoder) {
            var named = [("generator", networks.generator), ("discriminator", networks.discriminator)]
            if manifest.box != nil { named.append(("scorer", networks.scorer)) }
            for (prefix, network) in named {
                guard network.weightCount <= weightLimit else { return nil }
                tensors += network.parameters.map { tensor("\(prefix).\($0.name)", $0.shape) }
            }
        }
        if let joint = manifest.joint {
            guard joint.parts.allSatisfy({ $0.isSound(width: manifest.encoder.width) && $0.binCount < 32 }),
                joint.parts.count <= 8
            else { return nil }
            tensors.append(tensor("joint_odds", [JointCells(joint.parts).count + 1]))
        }
        return tensors
    }
}
