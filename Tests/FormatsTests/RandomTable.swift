import Formats
import TestSupport

extension Table {
    /// A table of any shape, of values from all magnitudes; its names need quoting and escaping now and then.
    static func random(orientation: Orientation, using generator: inout SeededGenerator) -> Table {
        let width = orientation == .numbers ? 1 : Int.random(in: 1...6, using: &generator)
        let rows = Int.random(in: 1...40, using: &generator)
        let columns = (0..<width).map { index in
            let name =
                orientation == .records
                ? "c\(index)" + ["", ",", "\"", "\n", " ä/~", ";\t"].randomElement(using: &generator)!
                : width == 1 ? "x" : "x\(index + 1)"
            return Column(name: ByteText(name), values: (0..<rows).map { _ in value(using: &generator) })
        }
        return Table(columns: columns, orientation: orientation)
    }

    private static func value(using generator: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return Double(Int.random(in: -1000...1000, using: &generator))
        case 1: return Double.random(in: -1...1, using: &generator)
        case 2: return [0, 1e-300, .greatestFiniteMagnitude, .leastNonzeroMagnitude].randomElement(using: &generator)!
        default:
            let value = Double(bitPattern: generator.next())
            return value.isFinite ? value : 1
        }
    }
}
