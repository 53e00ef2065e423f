import Foundation
import GAN

extension Safetensors {
    private static let counters = "counters"

    init(_ checkpoint: Checkpoint) throws {
        let counters = try JSONEncoder().encode(checkpoint.counters)
        try self.init(
            tensors: checkpoint.tensors.map {
                Tensor(name: $0.name, shape: [$0.values.count], values: .float32($0.values))
            }, metadata: [Self.counters: String(decoding: counters, as: UTF8.self)])
    }

    /// The checkpoint again.
    func checkpoint() throws -> Checkpoint {
        let counters = try JSONDecoder().decode(
            Checkpoint.Counters.self, from: Data((metadata[Self.counters] ?? "").utf8))
        var values: [String: [Float]] = [:]
        for tensor in tensors {
            if case .float32(let numbers) = tensor.values { values[tensor.name] = numbers }
        }
        guard let checkpoint = Checkpoint(counters: counters, tensors: values) else {
            throw Store.Error.corruptFile("checkpoint")
        }
        return checkpoint
    }
}
