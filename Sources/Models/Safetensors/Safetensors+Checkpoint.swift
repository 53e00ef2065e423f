import Foundation
import GAN

extension Safetensors {
    private static let counters = "counters"
    private static let elapsed = "elapsed_seconds"

    /// - Parameter elapsed: how long the training has taken so far.
    init(_ checkpoint: Checkpoint, elapsed: Duration) throws {
        let counters = try JSONEncoder().encode(checkpoint.counters)
        try self.init(
            tensors: checkpoint.tensors.map {
                Tensor(name: $0.name, shape: [$0.values.count], values: .float32($0.values))
            },
            metadata: [
                Self.counters: String(decoding: counters, as: UTF8.self),
                Self.elapsed: String(elapsed / .seconds(1)),
            ])
    }

    /// How long the training had taken.
    var elapsed: Duration { .seconds(metadata[Self.elapsed].flatMap(Double.init) ?? 0) }

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
