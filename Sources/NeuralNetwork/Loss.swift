/// The adversarial losses: what the discriminator's logits of real and generated rows cost either player.
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
    /// d_f − d_r against −d_f, for a discriminator whose slope is held to one by a gradient penalty (Gulrajani et al.
    /// 2017, arXiv:1704.00028).
    case wganGP = "wgan-gp"

    /// The discriminator's loss on rows of a batch.
    ///
    /// - Parameters:
    ///   - real, fake: logits, row by row; both of the same count.
    ///   - scale: 1 / batch size; the losses and gradients of the batch's shards add up.
    ///   - gradient: overwritten with scale·∂L/∂d, those of the real rows before those of the generated.
    /// - Returns: the sum of the rows' losses times `scale`.
    package func discriminator(
        real: Span<Float>, fake: Span<Float>, scale: Float, gradient: inout MutableSpan<Float>
    ) -> Float {
        let count = real.count
        precondition(fake.count == count && gradient.count == 2 * count)
        var sum: Float = 0
        func add(_ row: (_ real: Float, _ fake: Float) -> (loss: Float, toReal: Float, toFake: Float)) {
            for i in 0..<count {
                let result = row(real[i], fake[i])
                sum += result.loss
                gradient[i] = result.toReal * scale
                gradient[count + i] = result.toFake * scale
            }
        }
        switch self {
        case .rpgan:
            add { r, f in
                let s = sigmoid(f - r)
                return (softplus(f - r), -s, s)
            }
        case .nonsaturating: add { r, f in (softplus(-r) + softplus(f), -sigmoid(-r), sigmoid(f)) }
        case .hinge: add { r, f in (max(0, 1 - r) + max(0, 1 + f), r < 1 ? -1 : 0, f > -1 ? 1 : 0) }
        case .lsgan: add { r, f in (0.5 * (r - 1) * (r - 1) + 0.5 * f * f, r - 1, f) }
        case .wganGP: add { r, f in (f - r, -1, 1) }
        }
        return sum * scale
    }

    /// The generator's loss on rows of a batch; parameters as for the discriminator's.
    package func generator(
        real: Span<Float>, fake: Span<Float>, scale: Float, fakeGradient: inout MutableSpan<Float>
    ) -> Float {
        let count = fake.count
        precondition(real.count == count && fakeGradient.count == count)
        var sum: Float = 0
        func add(_ row: (_ real: Float, _ fake: Float) -> (loss: Float, toFake: Float)) {
            for i in 0..<count {
                let result = row(real[i], fake[i])
                sum += result.loss
                fakeGradient[i] = result.toFake * scale
            }
        }
        switch self {
        case .rpgan: add { r, f in (softplus(r - f), -sigmoid(r - f)) }
        case .nonsaturating: add { _, f in (softplus(-f), -sigmoid(-f)) }
        case .lsgan: add { _, f in (0.5 * (f - 1) * (f - 1), f - 1) }
        case .hinge, .wganGP: add { _, f in (-f, -1) }
        }
        return sum * scale
    }

    /// Whether the generator's loss reads the logits of real rows.
    package var generatorReadsReal: Bool { self == .rpgan }
}
