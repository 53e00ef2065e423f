/// Gradient penalties (γ/2)·E‖∇ₓD(x)‖²: R1 on real rows, R2 on generated ones (Mescheder et al. 2018,
/// arXiv:1801.04406).
///
/// No second derivatives are taken: the gradient of the penalty in the weights is that of v·∇ₓD with v = (γ/B)·∇ₓD held
/// fixed, and v·∇ₓD is the directional derivative of D along v. So v goes through the network as tangent rows, and one
/// backward pass over samples and tangents gives both gradients.
package enum Penalty {
    /// Fills the tangent rows of `workspace` for the samples that it holds.
    ///
    /// Expects the forward pass of the sample rows and overwrites all gradients. Afterwards the tangent rows have gone
    /// forward, and seeding their output gradients with 1 makes `backward` add the penalties' gradients.
    ///
    /// - Parameters:
    ///   - samples: the number of sample rows; the first half of them real, the others generated.
    ///   - r1, r2: γ of the real and of the generated rows.
    ///   - scale: 1 / batch size.
    /// - Returns: the sums over the rows of scale·‖∇ₓD‖², real and generated.
    package static func appendTangents(
        _ network: Network, weights: [Float], in workspace: Workspace, samples: Int, r1: Float, r2: Float,
        scale: Float
    ) -> (real: Float, fake: Float) {
        let pass = Pass(samples: samples)
        workspace.outputGradient.fill(pass.rows, with: 1)
        network.backward(pass, weights: weights, in: workspace, weightGradient: nil, toInput: true)
        let gradients = workspace.inputGradient.values
        let gradient = gradients.span.extracting(workspace.inputGradient.indices(of: 0..<samples))
        let border = gradient.count / 2
        let tangentRows = samples..<2 * samples
        let sums = workspace.input.write(tangentRows) { tangents in
            var sums: (real: Float, fake: Float) = (0, 0)
            for i in 0..<border {
                sums.real += gradient[i] * gradient[i]
                tangents[i] = r1 * scale * gradient[i]
            }
            for i in border..<gradient.count {
                sums.fake += gradient[i] * gradient[i]
                tangents[i] = r2 * scale * gradient[i]
            }
            return sums
        }
        network.forward(Pass(rows: tangentRows, samples: samples), weights: weights, in: workspace)
        return (sums.real * scale, sums.fake * scale)
    }
}
