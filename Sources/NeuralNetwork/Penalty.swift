/// The gradient penalties of a discriminator's step: R1 and R2, (γ/2)·E‖∇ₓD(x)‖² on real and on generated rows
/// (Mescheder et al. 2018, arXiv:1801.04406), and λ·E(‖∇ₓD(x)‖ − 1)² on rows in between (Gulrajani et al. 2017,
/// arXiv:1704.00028).
///
/// No second derivatives are taken: the gradient of a penalty in the weights is that of v·∇ₓD for a constant v, v =
/// (γ/B)·g or (2λ/B)·(‖g‖ − 1)·g/‖g‖ with g = ∇ₓD, and v·∇ₓD is the directional derivative of D along v. So v goes
/// through the network as tangent rows, and one backward pass over samples and tangents yields both gradients.
package struct Penalty: Sendable, Equatable {
    /// γ of the real and of the generated rows.
    package var r1: Float
    package var r2: Float
    /// λ of the rows in between.
    package var slope: Float

    package init(r1: Float = 0, r2: Float = 0, slope: Float = 0) {
        self.r1 = r1
        self.r2 = r2
        self.slope = slope
    }

    package var isNone: Bool { r1 == 0 && r2 == 0 && slope == 0 }

    /// The number of groups of rows in a batch, all of one size: real, generated and, for `slope`, in between.
    package var groups: Int { slope > 0 ? 3 : 2 }

    /// Adds the gradient of a discriminator's step to `weightGradient`: of the loss on the samples and of the
    /// penalties.
    ///
    /// Expects the forward pass of the sample rows of `workspace`, which has room for the same number of tangent rows.
    /// Where a row has several logits (one a patch), the loss is their mean loss, and the penalties are on the slope of
    /// the mean logit.
    ///
    /// - Parameters:
    ///   - count: rows of each group.
    ///   - scale: 1 / batch size.
    ///   - training: that of the forward pass.
    ///   - isFused: whether to use the fused gradient where the network allows it; the gradients are the same.
    /// - Returns: the loss without the penalties.
    package func step(
        _ network: Network, weights: [Float], in workspace: Workspace, count: Int, loss: Loss, scale: Float,
        weightGradient: Matrix, training: Pass.Training? = nil, isFused: Bool = true
    ) -> Float {
        let samples = groups * count
        let share = 1 / Float(network.outputs)
        guard !isNone else {
            let value = seed(loss, workspace, count: count, at: 0, scale: scale * share)
            network.backward(
                Pass(samples: samples, training: training), weights: weights, in: workspace,
                weightGradient: weightGradient, toInput: false)
            return value
        }
        workspace.outputGradient.fill(0..<samples, with: share)
        network.backward(
            Pass(samples: samples, training: training), weights: weights, in: workspace, weightGradient: nil,
            toInput: true)
        appendTangents(workspace, count: count, scale: scale)
        network.forward(
            Pass(rows: samples..<2 * samples, samples: samples, training: training), weights: weights, in: workspace)
        if isFused, network.isPiecewiseLinear, network.outputs == 1 {
            // The gradients stay those of D itself: the loss only scales rows, and the tangents share them.
            let value = seed(loss, workspace, count: count, at: samples, scale: scale)
            network.addFusedGradient(samples: samples, in: workspace, weightGradient: weightGradient)
            return value
        }
        let value = seed(loss, workspace, count: count, at: 0, scale: scale * share)
        workspace.outputGradient.fill(samples..<2 * samples, with: share)
        network.backward(
            Pass(rows: 0..<2 * samples, samples: samples, training: training), weights: weights, in: workspace,
            weightGradient: weightGradient, toInput: false)
        return value
    }

    /// Overwrites the output gradients from row `row` on with the loss's gradients of the samples.
    private func seed(_ loss: Loss, _ workspace: Workspace, count: Int, at row: Int, scale: Float) -> Float {
        workspace.outputGradient.fill(row..<row + groups * count, with: 0)
        return workspace.outputGradient.write(row..<row + 2 * count) { gradient in
            loss.discriminator(
                real: workspace.output[0..<count], fake: workspace.output[count..<2 * count], scale: scale,
                gradient: &gradient)
        }
    }

    /// Overwrites the tangent rows of the input with each sample's v.
    private func appendTangents(_ workspace: Workspace, count: Int, scale: Float) {
        let samples = groups * count
        let width = workspace.input.columns
        workspace.input.write(samples..<2 * samples) { tangents in
            for row in 0..<samples {
                let gradient = workspace.inputGradient[row..<row + 1]
                var tangent = tangents._mutatingExtracting(row * width..<(row + 1) * width)
                var square: Float = 0
                for i in 0..<width { square += gradient[i] * gradient[i] }
                let norm = square.squareRoot()
                let factor =
                    switch row / count {
                    case 0: r1 * scale
                    case 1: r2 * scale
                    default: norm > 0 ? 2 * slope * scale * (norm - 1) / norm : 0
                    }
                for i in 0..<width { tangent[i] = factor * gradient[i] }
            }
        }
    }
}
