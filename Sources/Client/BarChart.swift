package import Formats

/// A bar chart of how often texts occur, the most frequent first.
package struct BarChart: Sendable {
    private let bars: [(label: String, count: Int)]
    private let total: Int

    private static let shown = 20

    /// - Parameter texts: `nil` is a missing text.
    package init(_ texts: [ByteText?]) {
        var counts: [ByteText?: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        // Texts of equal frequency are in alphabetical order, the missing one first.
        let order = counts.sorted { ($1.value, $0.key ?? "") < ($0.value, $1.key ?? "") }
        bars = order.map { ($0.key?.string.printable ?? "(missing)", $0.value) }
        total = texts.count
    }

    package func text(title: String, width: Int) -> String {
        let shown = bars.prefix(Self.shown)
        let labels = shown.map { String($0.label.prefix(width / 3)) }
        let gutter = labels.map(\.count).max() ?? 0
        let peak = Double(max(1, shown.first?.count ?? 1))
        var lines = ["\(title): \(total) values, \(bars.count) different"]
        for (label, bar) in zip(labels, shown) {
            let share = Figures.text(Double(bar.count) / Double(max(1, total)) * 100)
            let room = max(5, min(50, width - gutter - 10))
            let blocks = ProgressLine.bar(Double(bar.count) / peak, width: room).replacing("░", with: "")
            lines.append("\(Histogram.padded(label, to: gutter)) \(blocks) \(share) %")
        }
        if bars.count > shown.count { lines.append("… and \(bars.count - shown.count) more") }
        return lines.map { $0 + "\n" }.joined()
    }
}
