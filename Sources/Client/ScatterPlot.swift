import Formats

/// A scatter plot: darker cells hold more points.
package struct ScatterPlot: Sendable {
    private let points: [(x: Double, y: Double)]

    private static let shades = [" ", "░", "▒", "▓", "█"]

    /// Points with a missing or infinite value are left out.
    package init(_ x: [Double], _ y: [Double]) {
        points = zip(x, y).filter { $0.isFinite && $1.isFinite }.map { ($0, $1) }
    }

    package func text(title: String, width: Int, height: Int = 20) -> String {
        let (across, up) = (Self.range(points.map(\.x)), Self.range(points.map(\.y)))
        let labels = (top: Figures.text(up.upperBound), bottom: Figures.text(up.lowerBound))
        let gutter = max(labels.top.count, labels.bottom.count)
        let columns = max(10, min(width - gutter - 2, 72))
        var cells = [Int](repeating: 0, count: columns * height)
        for (x, y) in points {
            cells[up.bin(of: y, among: height) * columns + across.bin(of: x, among: columns)] += 1
        }
        let peak = Double(max(1, cells.max() ?? 1))
        var lines = ["\(title): \(points.count) points"]
        for row in (0..<height).reversed() {
            let label = row == height - 1 ? labels.top : row == 0 ? labels.bottom : ""
            let line = cells[row * columns..<(row + 1) * columns].map { count in
                // Square roots, so that thin parts are visible beside dense ones.
                Self.shades[Int(((Double(count) / peak).squareRoot() * 4).rounded(.up))]
            }
            lines.append(Histogram.padded(label, to: gutter) + " ┤" + line.joined())
        }
        lines.append(String(repeating: " ", count: gutter + 1) + "└" + String(repeating: "─", count: columns))
        lines.append(
            String(repeating: " ", count: gutter + 2)
                + Histogram.axis(across.lowerBound, across.upperBound, width: columns))
        return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) + "\n" }.joined()
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        guard let low = values.min(), let high = values.max() else { return 0...1 }
        return low < high ? low...high : low - 0.5...high + 0.5
    }
}
