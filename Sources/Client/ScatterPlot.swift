/// Points of a plane, the darker the more there are.
package struct ScatterPlot: Sendable {
    private let points: [(x: Double, y: Double)]

    private static let shades = [" ", "░", "▒", "▓", "█"]

    /// Points one of whose values is missing are left out.
    package init(_ x: [Double], _ y: [Double]) {
        points = zip(x, y).filter { !$0.isNaN && !$1.isNaN }.map { ($0, $1) }
    }

    package func text(title: String, width: Int, height: Int = 20) -> String {
        let (left, right) = Self.range(points.map(\.x))
        let (bottom, top) = Self.range(points.map(\.y))
        let labels = (top: Figures.text(top), bottom: Figures.text(bottom))
        let gutter = max(labels.top.count, labels.bottom.count)
        let columns = max(10, min(width - gutter - 2, 72))
        var cells = [Int](repeating: 0, count: columns * height)
        for (x, y) in points {
            let column = min(columns - 1, Int((x - left) / (right - left) * Double(columns)))
            let row = min(height - 1, Int((y - bottom) / (top - bottom) * Double(height)))
            cells[row * columns + column] += 1
        }
        let peak = Double(max(1, cells.max() ?? 1))
        var lines = ["\(title): \(points.count) points"]
        for row in (0..<height).reversed() {
            let label = row == height - 1 ? labels.top : row == 0 ? labels.bottom : ""
            let line = cells[row * columns..<(row + 1) * columns].map { count in
                // Square roots, so that the thin parts are seen beside the dense ones.
                Self.shades[Int(((Double(count) / peak).squareRoot() * 4).rounded(.up))]
            }
            lines.append(Histogram.padded(label, to: gutter) + " ┤" + line.joined())
        }
        lines.append(String(repeating: " ", count: gutter + 1) + "└" + String(repeating: "─", count: columns))
        lines.append(String(repeating: " ", count: gutter + 2) + Histogram.axis(left, right, width: columns))
        return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) + "\n" }.joined()
    }

    private static func range(_ values: [Double]) -> (Double, Double) {
        guard let low = values.min(), let high = values.max() else { return (0, 1) }
        return low < high ? (low, high) : (low - 0.5, high + 0.5)
    }
}
