import Formats

/// The progress of a job, in one line that replaces the last.
package struct ProgressLine: Sendable {
    private let width: Int

    /// - Parameter width: columns of the terminal.
    package init(width: Int) { self.width = width }

    package func text(_ job: RemoteJob) -> String {
        let percent = " \(Int(clamping: job.fraction * 100)) %"
        var notes: [String] = []
        if !job.isOver, job.stage != "training" { notes.append(job.stage.printable) }
        if job.stepsPerSecond > 0 { notes.append("\(Figures.text(job.stepsPerSecond)) steps/s") }
        if let remaining = job.remaining, !job.isOver { notes.append("\(Figures.duration(remaining)) left") }
        let tail = percent + notes.map { "  \($0)" }.joined()
        let head = "\(job.reference) ".printable
        let room = min(40, width - 1 - head.count - tail.count)
        guard room >= 5 else { return String((head + tail).prefix(max(0, width - 1))) }
        return head + Self.bar(job.fraction, width: room) + tail
    }

    /// Full blocks, and one block in eighths.
    static func bar(_ fraction: Double, width: Int) -> String {
        let eighths = Int((min(1, max(0, fraction)) * Double(width * 8)).rounded(.down))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let filled = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        return filled + String(repeating: "░", count: width - filled.count)
    }
}
