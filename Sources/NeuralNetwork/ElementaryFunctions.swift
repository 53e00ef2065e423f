// Elementary functions without branches or calls, so that loops over them vectorise; to about one unit in the last place
// of their largest terms. The polynomials are those of Cephes' single-precision library (Moshier 1989).

/// Adding and subtracting this rounds to whole numbers, whose lowest bits are then those of the sum.
private let rounder: Float = 12_582_912

/// eˣ, for x held to [−87, 88].
@inline(__always)
func exponential(_ x: Float) -> Float {
    let x = min(max(x, -87), 88)
    let shifted = x * 1.442_695_04 + rounder
    let power = shifted - rounder
    let r = x - power * 0.693_359_375 + power * 2.121_944_4e-4
    var y: Float = 1.987_569_1e-4
    y = y * r + 1.398_2e-3
    y = y * r + 8.333_452e-3
    y = y * r + 4.166_579_6e-2
    y = y * r + 1.666_666_5e-1
    y = y * r + 0.5
    y = y * r * r + r + 1
    return y * Float(bitPattern: (shifted.bitPattern &+ 127) &<< 23)
}

/// log(x) for normal positive x: exponent and mantissa apart, and the polynomial on [√½, √2).
@inline(__always)
func logarithm(_ x: Float) -> Float {
    let bits = x.bitPattern
    let mantissa = Float(bitPattern: bits & 0x007F_FFFF | 0x3F00_0000)
    let isSmall = mantissa < 0.707_106_77
    let exponent = Float(Int32(truncatingIfNeeded: bits &>> 23) &- 126) - (isSmall ? 1 : 0)
    let m = mantissa - 1 + (isSmall ? mantissa : 0)
    let z = m * m
    var y = 7.037_683_6e-2 * m - 1.151_461e-1
    y = y * m + 1.167_699_9e-1
    y = y * m - 1.242_014_1e-1
    y = y * m + 1.424_932_3e-1
    y = y * m - 1.666_805_8e-1
    y = y * m + 2.000_071_5e-1
    y = y * m - 2.499_999_4e-1
    y = y * m + 3.333_333_1e-1
    y = y * m * z
    y += exponent * -2.121_944_4e-4
    y -= 0.5 * z
    return m + y + exponent * 0.693_359_375
}

/// sin(2πt) and cos(2πt) for t in [0, 1]: the nearest quarter turn apart, and the polynomials on [−π/4, π/4].
@inline(__always)
func sineAndCosine(turns t: Float) -> (sine: Float, cosine: Float) {
    let shifted = t * 4 + rounder
    let quarter = shifted.bitPattern
    let r = (t * 4 - (shifted - rounder)) * (Float.pi / 2)
    let z = r * r
    let sine = r + r * z * (-1.666_665_5e-1 + z * (8.332_161e-3 - z * 1.951_529_6e-4))
    let cosine = 1 - 0.5 * z + z * z * (4.166_664_6e-2 + z * (-1.388_731_6e-3 + z * 2.443_315_7e-5))
    let isOdd = quarter & 1 == 1
    let (s, c) = (isOdd ? cosine : sine, isOdd ? sine : cosine)
    // The sign bits: the sine's in the second half turn, the cosine's in the two quarters around the half.
    let (sineSign, cosineSign) = ((quarter & 2) &<< 30, ((quarter &+ 1) & 2) &<< 30)
    return (Float(bitPattern: s.bitPattern ^ sineSign), Float(bitPattern: c.bitPattern ^ cosineSign))
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
