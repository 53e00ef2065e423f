import Formats

/// Texts of `constraints=` and `types=`, a line each, and a table in CSV below them.
struct RulesTarget: Target {
    var seeds: [[UInt8]] {
        let rules = [
            "lo<=hi,unique:n\nn:identifier", "joined<left,combination:city:country\nid:identifier,city:category",
            "none\nw:category,v:number", "lo<hi,hi<lo\nt:timestamp", "combination:a:a:a\nx:y", " a <= b ,unique: a \n",
            "caf\u{E9}<=cafe\u{301}\ncaf\u{E9}:number,cafe\u{301}:identifier",
            "combination:a:b:a:b:c\na:category,b:category",
        ]
        let names = Example(["a", "a:a", "a:b", "b<c", "b<=c", "b"], count: 24) {
            ["x\($0 % 2)", "y", "z", "1", "2", "\($0 % 3)"]
        }
        return rules.flatMap { rule in (Example.ordinary + [names]).map { Array("\(rule)\n".utf8) + $0.csv() } }
    }

    func read(_ input: [UInt8]) {
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3 else { return }
        let (constraints, types) = (
            String(decoding: lines[0], as: UTF8.self), String(decoding: lines[1], as: UTF8.self)
        )
        let body = Array(lines[2])
        let pairs = types.split(separator: ",").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
        var known = TextMap()
        for pair in pairs {
            if let type = pair.last { known[ByteText(pair.dropLast().joined(separator: ":"))] = String(type) }
        }
        let texts = Set(known.pairs.filter { ["category", "timestamp"].contains($0.text) }.map(\.name))
        var life = TableLife(input) { try Table(csv: body, asTexts: texts) }
        life.rules = (constraints.split(separator: ",").map(String.init), known)
        life.run(
            type: "text/csv", body: body, query: [("constraints", constraints), ("types", types)])
    }
}
