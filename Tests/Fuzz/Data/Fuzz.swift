// What libFuzzer calls: `make fuzz`. The variable FUZZ names the target.
import Foundation

/// Something that reads what anybody may send.
protocol Target: Sendable {
    /// The inputs to begin with.
    var seeds: [[UInt8]] { get }

    /// Reads an input; a trap is a finding.
    func read(_ input: [UInt8])
}

/// The target of this process.
let target: any Target = {
    switch ProcessInfo.processInfo.environment["FUZZ"] {
    case "csv": CSVTarget()
    case "json": JSONTarget()
    case "ndjson": NDJSONTarget()
    case "npy": NPYTarget()
    case "weights": WeightsTarget()
    case "manifest": ManifestTarget()
    case "rules": RulesTarget()
    case "where": ConditionTarget()
    default: fatalError("FUZZ must be csv, json, ndjson, npy, weights, manifest, rules or where")
    }
}()

/// Makes ready what inputs are read by, which takes longer than any of them may, and writes the seeds into the folders that
/// are given, unless they are there.
@_cdecl("LLVMFuzzerInitialize") func initialize(
    _: UnsafeMutablePointer<CInt>, _: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
    _ = Routes.shared
    for folder in CommandLine.arguments.dropFirst() where FileManager.default.fileExists(atPath: "\(folder)/.") {
        for (number, seed) in target.seeds.enumerated() {
            let path = "\(folder)/seed-\(number)"
            if !FileManager.default.fileExists(atPath: path) {
                must("to write a seed") { try Data(seed).write(to: URL(filePath: path)) }
            }
        }
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput") func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

@_silgen_name("LLVMFuzzerMutate")
func mutateBytes(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int) -> Int

/// Half of the mutations are libFuzzer's own; the others put a value in the place of another, for few changes of bytes
/// make a number a much larger one, or a text another that is like it.
@_cdecl("LLVMFuzzerCustomMutator") func mutate(
    _ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int, _ seed: CUnsignedInt
) -> Int {
    var random = SplitMix(state: UInt64(seed))
    let values = Values(UnsafeBufferPointer(start: start, count: count))
    guard random.next(below: 2) == 0, let changed = values.mutated(&random), changed.count <= maximum else {
        return mutateBytes(start, count, maximum)
    }
    for (place, byte) in changed.enumerated() { start[place] = byte }
    return changed.count
}

/// The values that an input has between what separates them in CSV, JSON and rules.
struct Values {
    private let bytes: [UInt8]
    private let ranges: [Range<Int>]

    init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
        let separators = Set(Array(",;:\t\r\n[]{}<=\"".utf8))
        var ranges: [Range<Int>] = []
        var start = 0
        for end in 0...self.bytes.count where end == self.bytes.count || separators.contains(self.bytes[end]) {
            if start < end { ranges.append(start..<end) }
            start = end + 1
        }
        self.ranges = ranges
    }

    /// The input with one value exchanged: for another of its own, for one of the extreme ones, or for two of them.
    func mutated(_ random: inout SplitMix) -> [UInt8]? {
        guard !ranges.isEmpty else { return nil }
        let place = ranges[random.next(below: ranges.count)]
        let own = Array(bytes[ranges[random.next(below: ranges.count)]])
        let extreme = Array(Example.values[random.next(below: Example.values.count)].utf8)
        let new = [own, extreme, extreme, own + extreme][random.next(below: 4)]
        return bytes[..<place.lowerBound] + new + bytes[place.upperBound...]
    }
}

/// SplitMix64: the same draws for the same input.
struct SplitMix {
    var state: UInt64

    /// Of an input.
    init(of input: [UInt8]) {
        // FNV-1a.
        state = input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    init(state: UInt64) { self.state = state }

    mutating func next(below count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(count))
    }
}

/// What must not fail, whatever the input.
func must<Result>(_ deed: String, _ body: () throws -> Result) -> Result {
    do {
        return try body()
    } catch {
        fatalError("\(deed) failed: \(error)")
    }
}
