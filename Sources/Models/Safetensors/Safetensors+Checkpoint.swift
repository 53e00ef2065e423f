import GAN

extension Safetensors {
    private static let counters = "counters"
    private static let elapsed = "elapsed_seconds"

    /// - Parameter elapsed: how long the training has taken so far.
    init(_ checkpoint: Checkpoint, elapsed: Duration) throws {
        try self.init(
            tensors: checkpoint.tensors.map {
                Tensor(name: $0.name, shape: [$0.values.count], values: .float32($0.values))
            },
            metadata: [
                Self.counters: try StoredJSON.encoded(checkpoint.counters),
                Self.elapsed: String(elapsed / .seconds(1)),
            ])
    }

    /// How long the training had taken.
    var elapsed: Duration { .seconds(metadata[Self.elapsed].flatMap(Double.init) ?? 0) }

    /// The checkpoint again.
    func checkpoint() throws -> Checkpoint {
        let counters = try StoredJSON.decoded(Checkpoint.Counters.self, metadata[Self.counters] ?? "")
        var values: [String: [Float]] = [:]
        for tensor in tensors {
            if case .float32(let numbers) = tensor.values { values[tensor.name] = numbers }
        }
        guard let checkpoint = Checkpoint(counters: counters, tensors: values) else {
            throw StoreError.corruptFile("checkpoint")
        }
        return checkpoint
    }
}
