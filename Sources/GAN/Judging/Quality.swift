/// How close generated rows are to real rows that the training has not seen, in encoded space.
package struct Quality: Sendable, Equatable, Codable {
    /// The Kolmogorov-Smirnov distance, averaged over columns and random directions; 0 to 1.
    package var distance: Double
    /// The share of real rows in whose neighbourhood a generated row lies (Naeem et al. 2020, arXiv:2002.09797): what is
    /// missing to the floor's has been left out.
    package var coverage: Double
    /// How many neighbourhoods a generated row lies in, by the number expected of a real one: low where samples are blurred.
    package var density: Double

    /// What snapshots are ranked by; lower is better.
    var error: Double { distance + 0.5 * (1 - coverage) + 0.25 * abs(1 - density) }
}
