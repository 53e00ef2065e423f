import Formats

/// A histogram of values, drawn with blocks an eighth of a line high.
package struct Histogram: Sendable {
    let counts: [Int]
    let low: Double
    let high: Double
    private let missing: Int
    private let moments: (mean: Double, deviation: Double)

    private static let blocks = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameters:
    ///   - values: NaN and infinite values count as missing.
    ///   - limit: the largest number of bins.
    package init(_ values: [Double], limit: Int) {
        let present = values.filter(\.isFinite)
        missing = values.count - present.count
        let (first, last) = (present.min() ?? 0, present.max() ?? 0)
        let isWhole = present.allSatisfy { $0 == $0.rounded() && abs($0) < 1e15 }
        var bins = max(1, min(limit, max(8, Int(Double(present.count).squareRoot()))))
        if isWhole, last - first < Double(limit) {
            // A bin for each whole number, with the number in its middle.
            bins = Int(clamping: last - first) + 1
            (low, high) = (first - 0.5, last + 0.5)
        } else if first < last {
            (low, high) = (first, last)
        } else {
            (bins, low, high) = (1, first - 0.5, first + 0.5)
        }
        var counts = [Int](repeating: 0, count: bins)
        let range = low...high
        for value in present { counts[range.bin(of: value, among: bins)] += 1 }
        self.counts = counts
        moments = present.moments
    }

    package func text(title: String, width: Int, height: Int = 10) -> String {
        let peak = max(1, counts.max() ?? 1)
        let gutter = max(String(peak).count, 1)
        let columns = max(1, (width - gutter - 2) / counts.count)
        var lines = [
            "\(title): \(counts.reduce(0, +)) values, mean \(Figures.text(moments.mean)), "
                + "deviation \(Figures.text(moments.deviation))" + (missing > 0 ? ", \(missing) missing" : "")
        ]
        for row in (0..<height).reversed() {
            let label = row == height - 1 ? String(peak) : ""
            let bars = counts.map { count in
                // A bin with any value is visible.
                let eighths = max(count > 0 ? 1 : 0, Int((Double(count * height * 8) / Double(peak)).rounded()))
                let block = Self.blocks[min(8, max(0, eighths - row * 8))]
                return String(repeating: block, count: columns)
            }
            lines.append(Self.padded(label, to: gutter) + " ┤" + bars.joined())
        }
        let total = columns * counts.count
        lines.append(Self.padded("0", to: gutter) + " └" + String(repeating: "─", count: total))
        lines.append(String(repeating: " ", count: gutter + 2) + Self.axis(low, high, width: total))
        return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) + "\n" }.joined()
    }

    static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// The ends of an axis and its middle, where there is room.
    static func axis(_ low: Double, _ high: Double, width: Int) -> String {
        let (left, middle, right) = (Figures.text(low), Figures.text((low...high).number(at: 0.5)), Figures.text(high))
        let room = width - left.count - middle.count - right.count
        guard room >= 4 else {
            return left + String(repeating: " ", count: max(1, width - left.count - right.count)) + right
        }
        let before = max(1, width / 2 - middle.count / 2 - left.count)
        return left + String(repeating: " ", count: before) + middle
            + String(repeating: " ", count: max(1, room - before)) + right
    }
}
