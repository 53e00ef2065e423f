import CKernels

/// The processor that networks run on.
package enum Processor {
    /// Whether the processor has the instructions that the loops are compiled for, AVX2 and FMA on x86; without them
    /// the first loop would crash.
    package static var isSupported: Bool { gand_processor_is_supported() }
}

/// Runs `body` with subnormal numbers flushed to zero: the processor would take about a hundred times longer for them.
/// Softened choices are full of such numbers.
package func flushingSubnormals<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let control = gand_flush_subnormals()
    defer { gand_restore(control) }
    return try body()
}

/// Runs `body` with subnormal numbers kept, within `flushingSubnormals`: data may consist of them.
package func keepingSubnormals<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let control = gand_keep_subnormals()
    defer { gand_restore(control) }
    return try body()
}
