import Foundation

/// Numbers, sizes and times as people read them.
package enum Figures {
    /// Four significant digits, without zeros at the end.
    package static func text(_ number: Double) -> String {
        guard number.isFinite else { return "–" }
        let size = number == 0 ? 0 : Int(log10(abs(number)).rounded(.down))
        guard -5...15 ~= size else { return String(format: "%.3e", number) }
        var text = String(format: "%.\(max(0, 3 - size))f", number)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// Seconds as `4 s`, `2 min 10 s` or `1 h 5 min`.
    package static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds.rounded(.up)), 1e9))
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        }
    }

    package static func bytes(_ count: Int) -> String {
        var (size, unit) = (Double(count), 0)
        while size >= 1024, unit < 4 { (size, unit) = (size / 1024, unit + 1) }
        return "\(unit == 0 ? "\(count)" : String(format: "%.1f", size)) \(["B", "KiB", "MiB", "GiB", "TiB"][unit])"
    }
}
