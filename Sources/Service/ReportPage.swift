import Dashboard
import Formats
import GAN

/// A report as a page to read: what each figure means, between floor and ceiling, and a plot of each column.
struct ReportPage {
    private var html = ""

    /// - Parameter model: with its version, as `name@version`.
    static func html(_ report: Report, model: String) -> String {
        var page = ReportPage()
        page.write(report, model: model)
        return page.html
    }

    private mutating func write(_ report: Report, model: String) {
        html += "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        html += "<meta name=\"viewport\" content=\"width=device-width\"><title>Report of \(escaped(model))</title>"
        html += "<style>\(Dashboard.reportStyle)</style></head><body><main>"
        html += "<h1>How good are the samples of \(escaped(model))?</h1>"
        html += "<p>\(report.syntheticRows) samples beside \(report.trainingRows) rows that were learned from and "
        html += "\(report.heldOutRows) that were held out. The floor is what columns on their own come to, each drawn "
        html +=
            "independently of the others; the ceiling is what the held-out rows come to. Real rows are no better.</p>"
        section("Likeness") { page in
            page.table(
                [
                    ("Quality", "The mean of shapes and trends, as SDMetrics defines them", report.quality),
                    ("Shapes", "How alike each column's distribution is", report.shapesScore),
                    ("Trends", "How alike pairs of columns hang together", report.trendsScore),
                    ("Validity", "Values within the range of the real ones, or among their texts", report.validity),
                    (
                        "Detection", "How well a classifier tells samples from real rows: 0.5 where it cannot",
                        report.detection
                    ),
                ]
                    + (report.usefulness.map { usefulness in
                        [
                            (
                                "Usefulness",
                                "How well a classifier that has learned from samples tells \(usefulness.target) in "
                                    + "held-out rows", usefulness.score
                            )
                        ]
                    } ?? []))
        }
        section("Closeness to the data") { page in
            page.table([
                (
                    "Closest record",
                    "The median distance of a row to one that was learned from, by that of held-out rows",
                    report.closestRecord
                ),
                ("Copies", "Rows that equal one that was learned from", report.copies),
                (
                    "Nearer to training",
                    "Samples that are closer to a row that was learned from than to a held-out one",
                    Report.Figure(value: report.nearerToTraining, ceiling: 0.5)
                ),
                (
                    "Membership",
                    "How well an attacker tells rows that were learned from by their closeness to samples",
                    Report.Figure(value: report.membership, ceiling: 0.5)
                ),
            ])
            page.html += "<p>\(Report.privacyNote)</p>"
        }
        section("Columns") { page in
            page.html +=
                "<div class=\"key\"><span class=\"real\">real</span><span class=\"synthetic\">synthetic</span></div>"
            page.html += "<div class=\"columns\">"
            for shape in report.shapes { page.plot(shape) }
            page.html += "</div>"
        }
        guard !report.trends.isEmpty else { return html += "</main></body></html>\n" }
        section("Pairs, the weakest first") { page in
            page.table(report.trends.map { ("\($0.first) and \($0.second)", "", $0.score) })
        }
        html += "</main></body></html>\n"
    }

    private mutating func section(_ title: String, _ body: (inout ReportPage) -> Void) {
        html += "<section><h2>\(title)</h2>"
        body(&self)
        html += "</section>"
    }

    private mutating func table(_ rows: [(name: String, says: String, figure: Report.Figure)]) {
        let isExplained = rows.contains { !$0.says.isEmpty }
        html += "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Measure</th>"
        if isExplained { html += "<th scope=\"col\">What it says</th>" }
        for name in ["Floor", "Samples", "Ceiling"] { html += "<th scope=\"col\" class=\"number\">\(name)</th>" }
        html += "</tr></thead><tbody>"
        for row in rows {
            html += "<tr><th scope=\"row\">\(escaped(row.name))</th>"
            if isExplained { html += "<td class=\"says\">\(escaped(row.says))</td>" }
            html += "<td class=\"number\">\(text(row.figure.floor))</td>"
            html += "<td class=\"number value\">\(text(row.figure.value))</td>"
            html += "<td class=\"number\">\(text(row.figure.ceiling))</td></tr>"
        }
        html += "</tbody></table></div>"
    }

    private static let (width, height) = (280.0, 90.0)

    private mutating func plot(_ shape: Report.Shape) {
        html +=
            "<figure><figcaption><h3>\(escaped(shape.column.string))</h3><span>\(text(shape.score.value))</span></figcaption>"
        defer { html += "</figure>" }
        guard let histogram = shape.histogram, let most = (histogram.real + histogram.synthetic).max(), most > 0 else {
            return html += "<p>Nothing to draw.</p>"
        }
        html += "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
        html += "aria-label=\"Distribution of \(escaped(shape.column.string)), real and synthetic\">"
        let step = Self.width / Double(histogram.labels.count)
        for (shares, style) in [(histogram.real, "bar-real"), (histogram.synthetic, "bar-synthetic")] {
            for (index, share) in shares.enumerated() {
                let height = share / most * (Self.height - 2)
                html += "<rect class=\"\(style)\" x=\"\(text(Double(index) * step + 1, decimals: 1))\" "
                html += "y=\"\(text(Self.height - height, decimals: 1))\" width=\"\(text(step - 2, decimals: 1))\" "
                html +=
                    "height=\"\(text(height, decimals: 1))\"><title>\(escaped(histogram.labels[index].string))</title></rect>"
            }
        }
        html += "</svg><div class=\"ends\"><span>\(escaped(histogram.labels.first?.string ?? ""))</span>"
        html += "<span>\(escaped(histogram.labels.last?.string ?? ""))</span></div>"
    }

    private func text(_ value: Double?, decimals: Int = 3) -> String {
        value.map { String($0, decimals: decimals) } ?? "–"
    }

    /// Scalar by scalar, as browsers read: a character may have marks before and behind it, and would not be known.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
