import Glibc

/// A value that goes from one end to the other along half a cosine: fast in the middle, slow at both ends.
package struct Schedule: Sendable, Equatable {
    package var from: Float
    package var to: Float

    package init(from: Float, to: Float) {
        self.from = from
        self.to = to
    }

    package init(constant value: Float) { self.init(from: value, to: value) }

    /// - Parameter fraction: how much of the training is done, 0 to 1.
    package func value(at fraction: Float) -> Float {
        to + (from - to) * 0.5 * (1 + cosf(.pi * min(max(fraction, 0), 1)))
    }
}
