// Modes, high-quality share and reverse KL on the ring of 8 and the grid of 25 normals, and Kolmogorov-Smirnov distances
// on one-dimensional distributions, with default settings; a plain GAN without penalties beside each. And what the
// discriminator makes of the samples of short trainings.
//   benchmark-toys ring|grid|zoo|sampling [FIRST_SEED [LAST_SEED [STEPS]]]
import Formats
import GAN
import NeuralNetwork

let arguments = CommandLine.arguments.dropFirst()
let seeds =
    (arguments.dropFirst().first.flatMap(UInt64.init) ?? 1)...(arguments.dropFirst(2).first.flatMap(UInt64.init) ?? 10)
let steps = arguments.dropFirst(3).first.flatMap(Int.init)
let plain: [String: OptionValue] = [
    "loss": .text("nonsaturating"), "r1_gamma": .number(0), "r2_gamma": .number(0),
]

switch arguments.first {
case "ring": measure(.ring)
case "grid": measure(.grid)
case "zoo": measureZoo()
case "sampling": measureSampling()
default: print("usage: benchmark-toys ring|grid|zoo|sampling [FIRST_SEED [LAST_SEED [STEPS]]]")
}

/// A snapshot trained on a table with default settings but for what is given.
func trained(_ table: Table, seed: UInt64, steps: Int?, options: [String: OptionValue] = [:]) throws -> Snapshot {
    var request = Specification.Request(seed: seed)
    request.steps = steps
    request.options = options
    let trainer = try Trainer(Material(request, for: table))
    while try trainer.advance(SingleWorker()) {}
    return trainer.snapshot()
}

func measure(_ toy: Toy) {
    print("| \(toy.name), seed | modes | high quality | reverse KL | plain: modes | high quality | reverse KL |")
    print("|---|---|---|---|---|---|---|")
    for seed in seeds {
        let table = toy.table(rows: 100_000, seed: seed)
        let cells = [[:], plain].map { options in
            guard let snapshot = try? trained(table, seed: seed, steps: steps ?? 40_000, options: options) else {
                return "diverged | | "
            }
            let result = toy.judge(snapshot.sample(rows: 0..<2500, seed: seed))
            return "\(result.modes) | \(percent(result.highQuality)) | \(rounded(result.reverseKL))"
        }
        print("| \(seed) | \(cells.joined(separator: " | ")) |")
    }
}

func measureZoo() {
    print("| distribution, seed | KS | floor | plain: KS |")
    print("|---|---|---|---|")
    for distribution in Zoo.allCases {
        for seed in seeds {
            let table = distribution.table(rows: 10_000, seed: seed)
            let fresh = distribution.table(rows: 10_000, seed: seed + 1_000).columns[0].values
            let other = distribution.table(rows: 10_000, seed: seed + 2_000).columns[0].values
            let cells = [[:], plain].map { options in
                guard let snapshot = try? trained(table, seed: seed, steps: steps, options: options) else {
                    return "diverged"
                }
                let sample = snapshot.sample(rows: 0..<10_000, seed: seed).columns[0].values
                let distance = rounded(TwoSample.kolmogorovSmirnov(sample, fresh))
                guard distribution == .mass else { return distance }
                return "\(distance), point mass \(percent(Zoo.share(ofMass: sample)))"
            }
            let floor = rounded(TwoSample.kolmogorovSmirnov(other, fresh))
            print("| \(distribution), \(seed) | \(cells[0]) | \(floor) | \(cells[1]) |")
        }
    }
}

func measureSampling() {
    print("| toy, seed | sampling | accepted | modes | high quality | reverse KL |")
    print("|---|---|---|---|---|---|")
    for (toy, seed) in [Toy.ring, .grid].flatMap({ toy in seeds.map { (toy, $0) } }) {
        guard let snapshot = try? trained(toy.table(rows: 20_000, seed: seed), seed: seed, steps: steps ?? 12_000)
        else {
            continue
        }
        for method in Sampling.Method.allCases {
            guard let sampling = try? Sampling(method, of: snapshot) else { continue }
            let result = toy.judge(sampling.rows(0..<10_000, seed: seed))
            print(
                "| \(toy.name), \(seed) | \(method) | \(sampling.acceptanceRate.map(percent) ?? "") | \(result.modes) | "
                    + "\(percent(result.highQuality)) | \(rounded(result.reverseKL)) |")
        }
    }
    print("| distribution, seed | sampling | accepted | KS |")
    print("|---|---|---|---|")
    for (distribution, seed) in Zoo.allCases.flatMap({ kind in seeds.map { (kind, $0) } }) {
        guard let snapshot = try? trained(distribution.table(rows: 10_000, seed: seed), seed: seed, steps: steps) else {
            continue
        }
        let fresh = distribution.table(rows: 10_000, seed: seed + 1_000).columns[0].values
        for method in Sampling.Method.allCases {
            guard let sampling = try? Sampling(method, of: snapshot) else { continue }
            let distance = TwoSample.kolmogorovSmirnov(
                sampling.rows(0..<10_000, seed: seed).columns[0].values, fresh)
            print(
                "| \(distribution), \(seed) | \(method) | \(sampling.acceptanceRate.map(percent) ?? "") | "
                    + "\(rounded(distance)) |")
        }
    }
}

func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
