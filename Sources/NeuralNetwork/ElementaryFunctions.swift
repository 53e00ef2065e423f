// Elementary functions without branches or calls, so that loops over them vectorise; exact to about one unit in the
// last place of their largest terms. The polynomials are those of Cephes' single-precision library (Moshier 1989).

/// Adding and then subtracting this rounds to a whole number; the lowest bits of the sum hold the number.
private let rounder: Float = 12_582_912

/// eˣ, for x clamped to [−87, 88].
@inline(__always)
func exponential(_ x: Float) -> Float {
    let x = min(max(x, -87), 88)
    let shifted = rounder.addingProduct(x, 1.442_695_04)
    let power = shifted - rounder
    let r = x.addingProduct(power, -0.693_359_375).addingProduct(power, 2.121_944_4e-4)
    var y = Float(1.398_2e-3).addingProduct(1.987_569_1e-4, r)
    y = Float(8.333_452e-3).addingProduct(y, r)
    y = Float(4.166_579_6e-2).addingProduct(y, r)
    y = Float(1.666_666_5e-1).addingProduct(y, r)
    y = Float(0.5).addingProduct(y, r)
    y = r.addingProduct(y, r * r) + 1
    return y * Float(bitPattern: (shifted.bitPattern &+ 127) &<< 23)
}

/// log(x) for normal positive x: the exponent, plus the polynomial of the mantissa on [√½, √2).
@inline(__always)
func logarithm(_ x: Float) -> Float {
    let bits = x.bitPattern
    let mantissa = Float(bitPattern: bits & 0x007F_FFFF | 0x3F00_0000)
    let isSmall = mantissa < 0.707_106_77
    let exponent = Float(Int32(truncatingIfNeeded: bits &>> 23) &- 126) - (isSmall ? 1 : 0)
    let m = mantissa - 1 + (isSmall ? mantissa : 0)
    let z = m * m
    var y = Float(-1.151_461e-1).addingProduct(7.037_683_6e-2, m)
    y = Float(1.167_699_9e-1).addingProduct(y, m)
    y = Float(-1.242_014_1e-1).addingProduct(y, m)
    y = Float(1.424_932_3e-1).addingProduct(y, m)
    y = Float(-1.666_805_8e-1).addingProduct(y, m)
    y = Float(2.000_071_5e-1).addingProduct(y, m)
    y = Float(-2.499_999_4e-1).addingProduct(y, m)
    y = Float(3.333_333_1e-1).addingProduct(y, m)
    y = (y * m * z).addingProduct(exponent, -2.121_944_4e-4).addingProduct(-0.5, z)
    return (m + y).addingProduct(exponent, 0.693_359_375)
}

/// σ(x) = 1/(1 + e⁻ˣ).
@inline(__always)
package func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

/// log(1 + eˣ), without overflow for large x.
@inline(__always)
package func softplus(_ x: Float) -> Float { max(x, 0) + logarithm(1 + exponential(-abs(x))) }

/// tanh(x).
@inline(__always)
func hyperbolicTangent(_ x: Float) -> Float { 1 - 2 / (1 + exponential(2 * x)) }
