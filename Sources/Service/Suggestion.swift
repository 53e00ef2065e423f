/// A hint at what an unknown name may have been meant to be, or at what there is.
func suggestion(for name: String, among known: [String]) -> String {
    let closest = known.map { (distance(name, $0), $0) }.min { $0.0 < $1.0 }
    if let (distance, name) = closest, distance <= max(2, name.count / 3) { return "did you mean \(name)?" }
    return "known are \(known.sorted().joined(separator: ", "))"
}

/// Levenshtein's distance.
private func distance(_ a: String, _ b: String) -> Int {
    // Longer names are nobody's slip of the finger, and the time is their product.
    let (a, b) = (Array(a.lowercased().prefix(64)), Array(b))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let substitution = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
