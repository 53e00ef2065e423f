/// The memory for one batch's passes through a network, forward and back.
package final class Workspace {
    /// The input of each layer, then the output of the network; one row for each sample or tangent.
    package let activations: [Matrix]
    /// The gradients of the same values, or where a layer ends in an activation, of the activation's inputs.
    package let gradients: [Matrix]

    /// - Parameter rows: the number of samples and tangents together.
    package init(for network: Network, rows: Int, backward: Bool = true) {
        let widths = Self.widths(network)
        activations = widths.map { Matrix(rows: rows, columns: $0) }
        gradients = backward ? widths.map { Matrix(rows: rows, columns: $0) } : []
    }

    private static func widths(_ network: Network) -> [Int] { [network.inputs] + network.layers.map(\.outputs) }

    /// The bytes of a workspace with room for the backward pass.
    package static func bytes(for network: Network, rows: Int) -> Int { 8 * rows * widths(network).reduce(0, +) }

    package var input: Matrix { activations[0] }
    package var output: Matrix { activations[activations.count - 1] }
    package var inputGradient: Matrix { gradients[0] }
    package var outputGradient: Matrix { gradients[gradients.count - 1] }
}
