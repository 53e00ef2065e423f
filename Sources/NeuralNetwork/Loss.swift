/// The adversarial losses: what the discriminator's logits of real and generated rows cost either player.
package enum Loss: String, Sendable, Codable, CaseIterable {
    /// Each real logit against the logit of its generated partner, s(−(d_r − d_f)) (Jolicoeur-Martineau 2018,
    /// arXiv:1807.00734; with R1 and R2: Huang et al. 2024, arXiv:2501.05441).
    case rpgan
    /// s(−d_r) + s(d_f) against s(−d_f), with s(t) = log(1 + eᵗ) (Goodfellow et al. 2014, arXiv:1406.2661).
    case nonsaturating

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
        for i in 0..<count {
            switch self {
            case .rpgan:
                sum += softplus(fake[i] - real[i])
                let s = sigmoid(fake[i] - real[i]) * scale
                gradient[i] = -s
                gradient[count + i] = s
            case .nonsaturating:
                sum += softplus(-real[i]) + softplus(fake[i])
                gradient[i] = -sigmoid(-real[i]) * scale
                gradient[count + i] = sigmoid(fake[i]) * scale
            }
        }
        return sum * scale
    }

    /// The generator's loss on rows of a batch; parameters as for the discriminator's.
    package func generator(
        real: Span<Float>, fake: Span<Float>, scale: Float, fakeGradient: inout MutableSpan<Float>
    ) -> Float {
        var sum: Float = 0
        for i in 0..<fake.count {
            switch self {
            case .rpgan:
                sum += softplus(real[i] - fake[i])
                fakeGradient[i] = -sigmoid(real[i] - fake[i]) * scale
            case .nonsaturating:
                sum += softplus(-fake[i])
                fakeGradient[i] = -sigmoid(-fake[i]) * scale
            }
        }
        return sum * scale
    }

    /// Whether the generator's loss reads the logits of real rows.
    package var generatorReadsReal: Bool { self == .rpgan }
}
