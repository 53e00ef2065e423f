import CKernels

/// The machine that networks run on.
package enum Processor {
    /// Whether it has AVX2 and FMA, where the loops are compiled for them; without them the first loop would end the
    /// process.
    package static var isSupported: Bool { gand_processor_is_supported() }
}

/// Does something that takes for zero what is too small for a float's full precision: the processor would take some hundred
/// times as long for it. Softened choices are full of such numbers.
package func flushingSubnormals<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let control = gand_flush_subnormals()
    defer { gand_restore(control) }
    return try body()
}

/// Does something amid `flushingSubnormals` for which the smallest numbers are what they are: data may consist of them.
package func keepingSubnormals<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    let control = gand_keep_subnormals()
    defer { gand_restore(control) }
    return try body()
}
