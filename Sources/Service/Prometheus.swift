import Models

/// Writes measures as Prometheus reads them (exposition format 0.0.4): each with its help and its type, then its values.
struct Prometheus {
    enum Kind: String {
        case counter, gauge, histogram
    }

    private(set) var bytes: [UInt8] = []

    /// - Parameter values: by their labels; a measure without any is left out.
    mutating func measure(_ name: String, _ kind: Kind, _ help: String, _ values: [(labels: Labels, value: Double)]) {
        guard !values.isEmpty else { return }
        begin(name, kind, help)
        for (labels, value) in values { line(name, labels, value) }
    }

    mutating func measure(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        measure(name, kind, help, [([], value)])
    }

    /// Values by the name of what they are about, as one label.
    mutating func measure<Value: BinaryInteger>(
        _ name: String, _ kind: Kind, _ help: String, by label: String, _ values: [String: Value]
    ) {
        measure(name, kind, help, values.sorted { $0.key < $1.key }.map { ([(label, $0.key)], Double($0.value)) })
    }

    mutating func histograms(_ name: String, _ help: String, _ values: [(labels: Labels, histogram: Histogram)]) {
        guard !values.isEmpty else { return }
        begin(name, .histogram, help)
        for (labels, histogram) in values {
            var total = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                total += count
                line("\(name)_bucket", labels + [("le", Self.text(bound))], Double(total))
            }
            total += histogram.counts.last ?? 0
            line("\(name)_bucket", labels + [("le", "+Inf")], Double(total))
            line("\(name)_sum", labels, histogram.sum)
            line("\(name)_count", labels, Double(total))
        }
    }

    typealias Labels = [(name: String, value: String)]

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
        bytes += name.utf8
        if !labels.isEmpty {
            bytes += "{".utf8
            for (index, label) in labels.enumerated() {
                bytes += "\(index > 0 ? "," : "")\(label.name)=\"\(Self.escaped(label.value))\"".utf8
            }
            bytes += "}".utf8
        }
        bytes += " \(Self.text(value))\n".utf8
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: value).map(String.init) ?? String(value)
    }
}
