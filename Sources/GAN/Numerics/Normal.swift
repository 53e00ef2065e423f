import Glibc

/// The standard normal distribution.
enum Normal {
    /// Φ(z): the probability of a value below `z`.
    static func probability(below z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }

    /// Φ⁻¹(p) for p in (0, 1): Acklam's rational approximation (2003), whose relative error is below 1.15e-9, sharpened by
    /// one step of Halley's method.
    static func quantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1)
        let low = 0.02425
        var z: Double
        if p < low {
            z = tail((-2 * log(p)).squareRoot())
        } else if p > 1 - low {
            z = -tail((-2 * log1p(-p)).squareRoot())
        } else {
            let q = p - 0.5
            let r = q * q
            let numerator = polynomial(
                [
                    -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269,
                    -30.664_798_066_147_16, 2.506_628_277_459_239,
                ], at: r)
            let denominator = polynomial(
                [
                    -54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72,
                    -13.280_681_552_885_72, 1,
                ], at: r)
            z = numerator * q / denominator
        }
        let error = probability(below: z) - p
        let step = error * (2 * Double.pi).squareRoot() * exp(z * z / 2)
        z -= step / (1 + z * step / 2)
        return z
    }

    private static func tail(_ q: Double) -> Double {
        let numerator = polynomial(
            [
                -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838, -2.549_732_539_343_734,
                4.374_664_141_464_968, 2.938_163_982_698_783,
            ], at: q)
        let denominator = polynomial(
            [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416, 1],
            at: q)
        return numerator / denominator
    }

    /// The polynomial of these coefficients, the highest power first (Horner's scheme).
    private static func polynomial(_ coefficients: [Double], at x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }
}
