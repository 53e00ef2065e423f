/// Room for one batch on its way through a network and back.
package final class Workspace {
    /// What goes into each layer, and last what comes out of the network; one row a sample or tangent.
    package let activations: [Matrix]
    /// The gradients of the same values, or where a layer ends in an activation, of what it is applied to.
    package let gradients: [Matrix]

    /// - Parameter rows: samples and tangents together.
    package init(for network: Network, rows: Int, backward: Bool = true) {
        let widths = Self.widths(network)
        activations = widths.map { Matrix(rows: rows, columns: $0) }
        gradients = backward ? widths.map { Matrix(rows: rows, columns: $0) } : []
    }

    private static func widths(_ network: Network) -> [Int] { [network.inputs] + network.layers.map(\.outputs) }

    /// The memory of one that goes backward, too, in bytes.
    package static func bytes(for network: Network, rows: Int) -> Int { 8 * rows * widths(network).reduce(0, +) }

    package var input: Matrix { activations[0] }
    package var output: Matrix { activations[activations.count - 1] }
    package var inputGradient: Matrix { gradients[0] }
    package var outputGradient: Matrix { gradients[gradients.count - 1] }
}
