import CTiles

/// The machine that networks run on.
package enum Processor {
    /// Whether it has AVX2 and FMA, where the loops are compiled for them; without them the first loop would end the
    /// process.
    package static var isSupported: Bool { gand_processor_is_supported() }
}
