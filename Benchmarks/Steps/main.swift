// Microseconds per training step of the network of Peers/toy_torch.py: generator 8-32-32-1, discriminator 1-32-32-1,
// leaky ReLU 0.2, batch 128, non-saturating loss without penalties; one step updates both. Prints one JSON line.
import Formats
import GAN
import NeuralNetwork

let steps = 4_000
let table = Distribution.demonstration.table(count: Distribution.demonstrationCount, seed: 1)
var request = Specification.Request(seed: 1)
request.steps = 2 * steps
request.options = ["loss": .text("nonsaturating"), "r1_gamma": .number(0), "r2_gamma": .number(0)]
let trainer = try Trainer(try Specification(request, for: table), table)
for _ in 0..<steps / 4 { _ = try trainer.advance(SingleWorker()) }
let start = ContinuousClock.now
for _ in 0..<steps { _ = try trainer.advance(SingleWorker()) }
let microseconds = (ContinuousClock.now - start) / .microseconds(1) / Double(steps)
print("{\"peer\": \"gand\", \"us_per_step\": \(microseconds)}")
