// Speed of the engine, a JSON line a figure:
// - microseconds per training step of the network of Peers/toy_torch.py: generator 8-32-32-1, discriminator 1-32-32-1,
//   leaky ReLU 0.2, batch 128, non-saturating loss without penalties; one step updates both;
// - a step of 3 × 256 at batch 512 with the default loss and penalties, on one thread and on two, and what share of it
//   matrix products of that size take at the rate that they reach alone;
// - one-dimensional values sampled in a second on one core, before formatting.
import Dispatch
import Formats
import GAN
import NeuralNetwork

/// Threads of Dispatch's pool, as the server's.
struct Threads: Workers {
    let count: Int

    func run(_ iterations: Int, _ body: @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count) { worker in
            for index in stride(from: worker, to: iterations, by: count) { body(index) }
        }
    }
}

/// Microseconds that one call takes on average.
func microseconds(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
    for _ in 0..<max(1, count / 4) { try body() }
    let start = ContinuousClock.now
    for _ in 0..<count { try body() }
    return (ContinuousClock.now - start) / .microseconds(1) / Double(count)
}

func trainer(_ table: Table, batchSize: Int, options: [String: OptionValue]) throws -> Trainer {
    var request = Specification.Request(seed: 1)
    request.steps = 10_000_000
    request.batchSize = batchSize
    request.options = options
    return try Trainer(Material(request, for: table))
}

/// GFLOP/s of the products of a shard: its rows times width × width.
func gemmRate(rows: Int, width: Int) -> Double {
    let (a, b) = ([Float](repeating: 1, count: rows * width), [Float](repeating: 1, count: width * width))
    var c = a
    let product = microseconds(1_000) {
        var result = c.mutableSpan
        multiply(a.span, by: b.span, bTransposed: true, into: &result, m: rows, n: width, k: width)
    }
    return 2 * Double(rows * width * width) / product / 1_000
}

let demonstration = Distribution.demonstration.table(count: Distribution.demonstrationCount, seed: 1)
let toy = try trainer(
    demonstration, batchSize: 128,
    options: [
        "loss": .text("nonsaturating"), "r1_gamma": .number(0), "r2_gamma": .number(0), "latent_dim": .number(8),
        "generator_layers": .widths([32, 32]), "discriminator_layers": .widths([32, 32]),
    ])
let step = try microseconds(4_000) { _ = try toy.advance(SingleWorker()) }
print("{\"peer\": \"gand\", \"us_per_step\": \(step)}")

let noise = Random(seed: 1, stream: .demonstration)
let plane = Table(
    columns: (0..<2).map { column in
        Column(name: "\(column)", values: (0..<4_000).map { Double(noise.normals(row: $0, block: 0)[column]) })
    }, orientation: .rows)
let wide = try trainer(
    plane, batchSize: 512,
    options: ["generator_layers": .widths([256, 256, 256]), "discriminator_layers": .widths([256, 256, 256])])
let one = try microseconds(40) { _ = try wide.advance(SingleWorker()) }
let two = try microseconds(40) { _ = try wide.advance(Threads(count: 2)) }
let rate = gemmRate(rows: 128, width: 256)
let share = Double(wide.operationsPerStep) / rate / 1_000 / one
print(
    "{\"wide_us_one_thread\": \(one), \"wide_us_two_threads\": \(two), \"speedup\": \(one / two), "
        + "\"gemm_gflops\": \(rate), \"gemm_share\": \(share)}")

let snapshot = toy.snapshot()
let count = 400_000
let sampling = microseconds(4) { _ = snapshot.sample(rows: 0..<count, seed: 1) }
print("{\"samples_per_second\": \(Double(count) / sampling * 1_000_000)}")
