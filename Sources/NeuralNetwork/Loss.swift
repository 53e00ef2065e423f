/// The adversarial losses: functions of the discriminator's logits of real and generated rows, one for each player.
package enum Loss: String, Sendable, Codable, CaseIterable {
    /// Each real logit against the logit of its generated partner, s(−(d_r − d_f)) (Jolicoeur-Martineau 2018,
    /// arXiv:1807.00734; with R1 and R2: Huang et al. 2024, arXiv:2501.05441), with s(t) = log(1 + eᵗ).
    case rpgan
    /// s(−d_r) + s(d_f) against s(−d_f) (Goodfellow et al. 2014, arXiv:1406.2661).
    case nonsaturating
    /// max(0, 1 − d_r) + max(0, 1 + d_f) against −d_f (Lim & Ye 2017, arXiv:1705.02894).
    case hinge
    /// ½(d_r − 1)² + ½d_f² against ½(d_f − 1)² (Mao et al. 2017, arXiv:1611.04076).
    case lsgan
    /// d_f − d_r against −d_f, for a discriminator whose slope a gradient penalty keeps near one (Gulrajani et al.
    /// 2017, arXiv:1704.00028).
    case wganGP = "wgan-gp"

    /// λ of the gradient penalty that the loss needs: Gulrajani et al.'s value for toy data.
    package var slopePenalty: Float { self == .wganGP ? 0.1 : 0 }

    /// The discriminator's loss on some rows of a batch.
    ///
    /// - Parameters:
    ///   - real, fake: logits, row by row; both have the same count.
    ///   - scale: 1 / batch size; the losses and gradients of the batch's shards add up.
    ///   - gradient: overwritten with scale·∂L/∂d, of the real rows, then of the generated.
    /// - Returns: the sum of the rows' losses times `scale`.
    package func discriminator(
        real: Span<Float>, fake: Span<Float>, scale: Float, gradient: inout MutableSpan<Float>
    ) -> Float {
        let count = real.count
        precondition(fake.count == count && gradient.count == 2 * count)
        switch self {
        case .rpgan:
            return Self.discriminator(real, fake, scale, &gradient, loss: { softplus($1 - $0) }) {
                let s = sigmoid($1 - $0)
                return (-s, s)
            }
        case .nonsaturating:
            return Self.discriminator(real, fake, scale, &gradient, loss: { softplus(-$0) + softplus($1) }) {
                (-sigmoid(-$0), sigmoid($1))
            }
        case .hinge:
            return Self.discriminator(real, fake, scale, &gradient, loss: { max(0, 1 - $0) + max(0, 1 + $1) }) {
                ($0 < 1 ? -1 : 0, $1 > -1 ? 1 : 0)
            }
        case .lsgan:
            return Self.discriminator(
                real, fake, scale, &gradient, loss: { 0.5 * ($0 - 1) * ($0 - 1) + 0.5 * $1 * $1 }
            ) { ($0 - 1, $1) }
        case .wganGP: return Self.discriminator(real, fake, scale, &gradient, loss: { $1 - $0 }) { _, _ in (-1, 1) }
        }
    }

    /// The loops of a discriminator's loss: a sum keeps a loop from vectorising, so the losses are stored first.
    @inline(__always)
    private static func discriminator(
        _ real: Span<Float>, _ fake: Span<Float>, _ scale: Float, _ gradient: inout MutableSpan<Float>,
        loss: (_ real: Float, _ fake: Float) -> Float, slopes: (_ real: Float, _ fake: Float) -> (Float, Float)
    ) -> Float {
        let count = real.count
        precondition(fake.count == count && gradient.count == 2 * count)
        for i in 0..<count { gradient[i] = loss(real[i], fake[i]) }
        var sum: Float = 0
        for i in 0..<count { sum += gradient[i] }
        for i in 0..<count { gradient[i] = slopes(real[i], fake[i]).0 * scale }
        for i in 0..<count { gradient[count + i] = slopes(real[i], fake[i]).1 * scale }
        return sum * scale
    }

    /// The generator's loss on some rows of a batch; parameters as for the discriminator's.
    package func generator(
        real: Span<Float>, fake: Span<Float>, scale: Float, fakeGradient: inout MutableSpan<Float>
    ) -> Float {
        switch self {
        case .rpgan:
            Self.generator(real, fake, scale, &fakeGradient, loss: { softplus($0 - $1) }) { -sigmoid($0 - $1) }
        case .nonsaturating:
            Self.generator(real, fake, scale, &fakeGradient, loss: { softplus(-$1) }) { -sigmoid(-$1) }
        case .lsgan:
            Self.generator(real, fake, scale, &fakeGradient, loss: { 0.5 * ($1 - 1) * ($1 - 1) }) { $1 - 1 }
        case .hinge, .wganGP: Self.generator(real, fake, scale, &fakeGradient, loss: { -$1 }) { _, _ in -1 }
        }
    }

    @inline(__always)
    private static func generator(
        _ real: Span<Float>, _ fake: Span<Float>, _ scale: Float, _ gradient: inout MutableSpan<Float>,
        loss: (_ real: Float, _ fake: Float) -> Float, slope: (_ real: Float, _ fake: Float) -> Float
    ) -> Float {
        let count = fake.count
        precondition(real.count == count && gradient.count == count)
        for i in 0..<count { gradient[i] = loss(real[i], fake[i]) }
        var sum: Float = 0
        for i in 0..<count { sum += gradient[i] }
        for i in 0..<count { gradient[i] = slope(real[i], fake[i]) * scale }
        return sum * scale
    }

    /// Whether the generator's loss reads the logits of real rows.
    package var generatorReadsReal: Bool { self == .rpgan }
}
