import Formats
import GAN
import NeuralNetwork
import TestSupport
import Testing

struct ConstraintTests {
    /// Stays with a beginning and an end, of which some are open, in towns of countries, with numbers that are ordered.
    static func stays(_ count: Int, seed: UInt64 = 7) throws -> Table {
        var generator = SeededGenerator(seed: seed)
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
        let towns = [("France", "Lyon"), ("France", "Paris"), ("Italy", "Rome"), ("Italy", "Turin"), ("Malta", "")]
        let lines = (0..<count).map { row in
            let (start, nights) = (
                Int.random(in: 0..<1000, using: &generator), Int.random(in: 0..<20, using: &generator)
            )
            let (country, town) = towns[Int.random(in: 0..<towns.count, using: &generator)]
            let low = Int.random(in: 0..<1000, using: &generator)
            let high = low + (chance(0.2) ? 0 : Int.random(in: 0..<300, using: &generator))
            let (begin, end) = (day(start), chance(0.1) ? "9999-12-31" : day(start + nights))
            let price = "\(low / 10).\(low % 10)"
            return "key \(row * row),\(chance(0.1) ? "" : end),\(chance(0.1) ? "" : begin),\(country),\(town),"
                + "\(chance(0.2) ? "" : price),\(high / 10 + 1)"
        }
        return try Table(csv: Array(("key,end,start,country,town,low,high\n" + lines.joined(separator: "\n")).utf8))
    }

    private static func day(_ number: Int) -> String {
        let (month, day) = (1 + number / 28 % 12, 1 + number % 28)
        return "\(2020 + number / 336)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    private static func specification(_ table: Table, _ constraints: [String] = []) throws -> Specification {
        var request = Specification.Request(seed: 3)
        request.steps = 100
        request.batchSize = 128
        request.constraints = constraints
        request.options = [
            "generator_layers": .widths([32, 32]), "discriminator_layers": .widths([32, 32]), "latent_dim": .number(8),
        ]
        return try Material(request, for: table).specification
    }

    private static func rules(_ specification: Specification) -> [String] {
        specification.constraints?.map(\.rule.text) ?? []
    }

    private static func texts(_ table: Table, _ name: ByteText) -> [String?] {
        let column = table.columns[table.names.firstIndex(of: name)!]
        return column.values.map { $0.isNaN ? nil : column.texts?[Int($0)].string ?? String(Int($0 * 10)) }
    }

    @Test func whatIsCertainIsInferred() throws {
        let table = try Self.stays(2000)
        let specification = try Self.specification(table)
        #expect(
            Set(Self.rules(specification)) == ["start<=end", "low<=high", "combination:country:town", "unique:key"])
        #expect(specification.constraints?.allSatisfy(\.isInferred) == true)
        let told = try Material(specification, for: table).warnings
        #expect(told.contains { $0.contains("start<=end holds in all rows") })
        #expect(try Self.rules(Self.specification(table, ["none"])).isEmpty)
        #expect(try Self.rules(Self.specification(table, ["none", " start <= end "])) == ["start<=end"])
        // Few rows prove nothing, and neither do columns that have nothing to do with one another.
        #expect(try Self.rules(Self.specification(Self.stays(60))) == ["unique:key"])
        #expect(try Self.rules(Self.specification(EncodingTests.records(2000))) == ["unique:id", "unique:name"])
    }

    /// What is on the sides of a gap is in order, too, which does not follow from either's order with the gap.
    @Test(arguments: [false, true]) func orderIsKeptAcrossGaps(_ hasGaps: Bool) throws {
        var generator = SeededGenerator(seed: 8)
        let lines = (0..<1000).map { row in
            let low = Int.random(in: 0..<1000, using: &generator)
            let middle = low + Int.random(in: 0..<100, using: &generator)
            let high = middle + Int.random(in: 0..<100, using: &generator)
            return "\(low),\(hasGaps && row.isMultiple(of: 3) ? "" : "\(middle)"),\(high),\(row % 2 == 0 ? "x" : "y")"
        }
        let table = try Table(csv: Array("a,b,c,t\n\(lines.joined(separator: "\n"))".utf8))
        let rules = Set(["a<=b", "b<=c"] + (hasGaps ? ["a<=c"] : []))
        for told in [[], ["a<=b", "b<=c"]] {
            let found = try Set(Self.rules(Self.specification(table, told)))
            #expect(found == rules)
        }
    }

    /// However little is learned, every row of every sample keeps every rule, and rows that do not are not real.
    @Test func rulesAreKept() throws {
        let table = try Self.stays(2000)
        let snapshot = try TrainerTests.train(Self.specification(table, ["unique:key"]), table)
        let sample = snapshot.sample(rows: 0..<20_000, seed: 5)
        let (starts, ends) = (Self.texts(sample, "start"), Self.texts(sample, "end"))
        let both = zip(starts, ends).filter { $0 != nil && $1 != nil }
        #expect(both.count > 10_000 && both.allSatisfy { $0! <= $1! })
        #expect(ends.count { $0 == "9999-12-31" } > 500)
        let (lows, highs) = (sample.columns[5].values, sample.columns[6].values)
        #expect(zip(lows, highs).allSatisfy { $0.isNaN || $0 <= $1 })
        #expect(lows.contains(where: \.isNaN) && highs.allSatisfy { $0 == $0.rounded() })
        let seen = Set(zip(Self.texts(table, "country"), Self.texts(table, "town")).map { "\($0 ?? ""),\($1 ?? "")" })
        let made = Set(zip(Self.texts(sample, "country"), Self.texts(sample, "town")).map { "\($0 ?? ""),\($1 ?? "")" })
        #expect(made == seen && seen.count == 5)
        #expect(Set(Self.texts(sample, "key")).count == 20_000)
        // A row is the same whatever it stands among.
        let part = snapshot.sample(rows: 700..<720, seed: 5)
        for name in table.names { #expect(Self.texts(part, name) == Array(Self.texts(sample, name)[700..<720])) }
        #expect(try snapshot.score(sample).probabilities.allSatisfy { $0 > 0 })
        let header = "key,end,start,country,town,low,high\n"
        let wrong = try Table(
            csv: Array(
                (header + "a,2020-01-01,2020-01-02,Italy,Rome,1,2\nb,2020-01-02,2020-01-01,France,Rome,1,2\n"
                    + "c,2020-01-02,2020-01-01,Italy,Rome,3,2\nd,2020-01-02,2020-01-01,Italy,,3,9").utf8))
        #expect(try snapshot.score(wrong).probabilities.allSatisfy { $0 < 1e-9 })
    }

    /// What is asked of columns with rules is met, or refused.
    @Test func conditionsAndTurnsKnowTheRules() throws {
        let table = try Self.stays(2000)
        let snapshot = try TrainerTests.train(Self.specification(table), table)
        let sample = snapshot.sample(rows: 0..<5000, seed: 1)
        let asked = try Condition(
            [
                ("end", .texts(from: "2021-01-01", through: "2021-12-31")), ("town", .text("Rome")),
                ("high", .numbers(20...90)),
            ], snapshot: snapshot)
        let rows = asked.rows(of: sample)
        #expect(!rows.isEmpty && rows.allSatisfy { Self.texts(sample, "country")[$0] == "Italy" })
        let (before, after) = try (
            Condition([("end", .texts(from: nil, through: "2021-06-30"))], snapshot: snapshot).rows(of: sample),
            Condition([("end", .texts(from: "2021-07-01", through: nil))], snapshot: snapshot).rows(of: sample)
        )
        let known = Self.texts(sample, "end").compactMap(\.self).count
        #expect(!before.isEmpty && !after.isEmpty && Set(before + after).count == known)
        for wrong: [(name: ByteText, requirement: Condition.Requirement)] in [
            [("country", .text("Spain"))], [("country", .text("France")), ("town", .text("Rome"))],
            [("country", .text("Italy")), ("town", .missing)], [("end", .text("soon"))],
            [("end", .texts(from: "2021-12-31", through: "2021-01-01"))], [("end", .texts(from: "soon", through: nil))],
            [("high", .number(1e6))],
        ] {
            #expect(throws: SpecificationError.self) { try Condition(wrong, snapshot: snapshot) }
        }
        #expect(try Balance("town", snapshot: snapshot).texts.sorted() == ["Lyon", "Paris", "Rome", "Turin"])
        #expect(try Set(Balance("country", snapshot: snapshot).places(of: sample)) == [0, 1, 2])
    }

    @Test(arguments: [
        ("end<=start", "row:1/column:start"), ("start<end", "row:"), ("start<low", "/constraints"),
        ("start<=town", "/constraints"), ("start<=nobody", "/constraints/0"), ("combination:country", "/constraints/0"),
        ("combination:country:low", "/constraints"), ("unique:town", "row:"), ("unique:low", "row:"),
        ("", "/constraints/0"),
        ("sum:low:high", "/constraints/0"),
    ])
    func whatCannotBeIsRefused(_ rule: String, _ pointer: String) throws {
        let table = try Self.stays(300)
        let error = #expect(throws: SpecificationError.self) { try Self.specification(table, [rule]) }
        #expect(error?.pointer.hasPrefix(pointer == "row:1/column:start" ? "row:" : pointer) == true, "\(rule)")
    }

    @Test func rulesMayNotContradictOneAnother() throws {
        let lines = (0..<40).map { "\($0),\($0),\($0),x" }.joined(separator: "\n")
        let table = try Table(csv: Array("a,b,c,t\n\(lines)".utf8))
        #expect(throws: SpecificationError.self) { try Self.specification(table, ["a<=b", "b<=c", "c<=a"]) }
        let chain = try Self.specification(table, ["a<=b", "a<=c", "b<=c"])
        #expect(Self.rules(chain) == ["a<=b", "a<=c", "b<=c"])
        let sample = try TrainerTests.train(chain, table).sample(rows: 0..<500, seed: 2).columns.map(\.values)
        #expect((0..<500).allSatisfy { sample[0][$0] <= sample[1][$0] && sample[1][$0] <= sample[2][$0] })
        #expect(throws: SpecificationError.self) {
            var request = Specification.Request(seed: 1)
            request.family = "dense"
            request.constraints = ["a<=b"]
            return try Material(request, for: table).specification
        }
    }

    /// As many readings as there are of a rule, it takes no longer to find out that none of them is right.
    @Test func aRuleOfManyReadingsIsReadOnce() throws {
        let lines = (0..<40).map { "\($0),\($0 + 1),x\($0 % 3)" }.joined(separator: "\n")
        let table = try Table(csv: Array("a,a:a,b\n\(lines)".utf8), asTexts: ["a", "a:a"])
        for rule in [
            "combination:" + String(repeating: "a:", count: 200) + "zzz",
            "combination:" + String(repeating: "a:", count: 200_000) + "b",
            String(repeating: "a<", count: 200_000) + "b", String(repeating: "<", count: 200_000),
        ] {
            let error = #expect(throws: SpecificationError.self) { try Self.specification(table, [rule]) }
            #expect(error?.pointer == "/constraints/0")
        }
        let many = #expect(throws: SpecificationError.self) {
            try Self.specification(table, Array(repeating: "a<b", count: 257))
        }
        #expect(many?.detail == "there are more than 256")
    }

    /// A combination has as many columns as the search would give one.
    @Test func aCombinationHasSixtyFourColumnsAtTheMost() throws {
        let names = (0..<65).map { "c\($0)" }
        let lines = (0..<60).map { row in names.indices.map { "t\((row + $0) % 2)" }.joined(separator: ",") }
        let table = try Table(csv: Array(([names.joined(separator: ",")] + lines).joined(separator: "\n").utf8))
        let error = #expect(throws: SpecificationError.self) {
            try Self.specification(table, ["combination:" + names.joined(separator: ":")])
        }
        #expect(error?.detail == "a combination is one of 64 columns at the most")
        let rule = "combination:" + names.dropLast().joined(separator: ":")
        #expect(try Self.rules(Self.specification(table, ["none", rule])) == [rule])
    }

    /// Names may hold what rules are written with.
    @Test func namesMayHoldAnything() throws {
        let lines = (0..<40).map { "\($0),\($0 + 1),\($0 % 3),\($0 % 2)" }.joined(separator: "\n")
        let table = try Table(csv: Array("a<b,b<=c,d:e,f:\n\(lines)".utf8), asTexts: ["d:e", "f:"])
        let rules = ["a<b<b<=c", "combination:f::d:e"]
        #expect(try Self.rules(Self.specification(table, ["none"] + rules)) == rules)
    }
}
