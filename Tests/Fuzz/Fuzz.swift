// A coverage-guided fuzz target of the request parser and the body decoder: `make fuzz`.
import Glibc

/// Writes the cases of the tests into the corpus, each cut at its middle.
@_cdecl("LLVMFuzzerInitialize") func initialize(
    _: UnsafeMutablePointer<CInt>, _: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
    for (number, example) in Case.all.enumerated() {
        guard let file = fopen(".build/fuzz/corpus/http/case-\(number)", "w") else { continue }
        let bytes = [UInt8(truncatingIfNeeded: example.bytes.count / 2)] + example.bytes
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
    return 0
}

/// The first byte says where the rest is cut in two: both readings must come to the same, and neither may trap.
@_cdecl("LLVMFuzzerTestOneInput") func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let cut = bytes.first, bytes.count > 1 else { return 0 }
    let rest = bytes.dropFirst()
    let middle = rest.startIndex + Int(cut) % rest.count
    precondition(Reading(of: [rest]) == Reading(of: [rest[..<middle], rest[middle...]]), "the cut matters")
    return 0
}
