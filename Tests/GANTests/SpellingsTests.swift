import Formats
import GAN
import NeuralNetwork
import Testing

/// Columns and texts that are one to Swift's strings and several by their bytes, through all of a model.
struct SpellingsTests {
    private static let (whole, parts): (ByteText, ByteText) = ("caf\u{E9}", "cafe\u{301}")

    /// A category in two spellings, one that follows from it, a pair of columns that stand together in few ways, and
    /// columns whose names are two spellings, too.
    private static let table: Table = {
        let rows = 0..<600
        return Table(
            columns: [
                Column(name: whole, values: rows.map { Double($0 % 3) }, texts: [whole, parts, "bar"]),
                Column(name: parts, values: rows.map { Double($0 % 3) }, texts: ["\u{212B}", "\u{C5}", "A\u{30A}"]),
                Column(name: "n", values: rows.map { Double($0 * 37 % 101) / 7 }),
                Column(name: "shop", values: rows.map { Double($0 % 10 / 5) }, texts: [parts, whole]),
                Column(
                    name: "brand", values: rows.map { Double($0 % 10 / 5 * 2 + $0 % 2) }, texts: ["a", "b", "c", "d"]),
            ], orientation: .records)
    }()

    private static func specification() throws -> Specification {
        var request = Specification.Request(seed: 3)
        request.steps = 40
        request.batchSize = 64
        request.types = [whole: "category", parts: "category"]
        request.constraints = ["combination:shop:brand"]
        request.options = [
            "generator_layers": .widths([16]), "discriminator_layers": .widths([16]), "latent_dim": .number(4),
        ]
        return try Material(request, for: table).specification
    }

    private static func texts(_ table: Table, _ name: ByteText) -> [ByteText?] {
        guard let column = table.columns.first(where: { $0.name == name }) else { return [] }
        return column.values.map { $0.isNaN ? nil : column.texts?[Int($0)] }
    }

    @Test func bothAreLearnedAndKeptApart() throws {
        let specification = try Self.specification()
        #expect(specification.types.count == 2)
        let snapshot = try TrainerTests.train(specification, Self.table)
        let sample = snapshot.sample(rows: 0..<2000, seed: 1)
        #expect(sample.names == Self.table.names)
        let words = Self.texts(sample, Self.whole)
        #expect(Set(words) == [Self.whole, Self.parts, "bar"])
        // What follows from a spelling follows from that one.
        let signs: [ByteText?: ByteText] = [Self.whole: "\u{212B}", Self.parts: "\u{C5}", "bar": "A\u{30A}"]
        #expect(zip(words, Self.texts(sample, Self.parts)).allSatisfy { signs[$0] == $1 })

        let balance = try Balance(Self.whole, snapshot: snapshot)
        #expect(Set(balance.places(of: sample).compactMap(\.self)) == [0, 1, 2])
        #expect(try Set(Balance("shop", snapshot: snapshot).places(of: sample).compactMap(\.self)) == [0, 1])
        let condition = try Condition(
            [(Self.whole, .text(Self.parts)), (Self.parts, .text("\u{C5}"))], snapshot: snapshot)
        let right = condition.rows(of: sample)
        #expect(!right.isEmpty && right.allSatisfy { words[$0] == Self.parts })
        #expect(throws: SpecificationError.self) {
            try Condition([(Self.whole, .text(Self.parts)), (Self.parts, .text("\u{212B}"))], snapshot: snapshot)
        }
        // A row whose derived text is that of the other spelling is none of the model's.
        let swapped = Table(
            columns: [
                Self.table.columns[0], Self.table.columns[1].holding(texts: ["\u{C5}", "\u{212B}", "A\u{30A}"]),
            ] + Self.table.columns[2...], orientation: .records
        ).rows([0, 1, 2])
        #expect(try snapshot.score(swapped).misfits == [1, 1, -1])
        #expect(try snapshot.score(Self.table.rows([0, 1, 2])).misfits == [-1, -1, -1])
    }

    @Test func theReportCountsBoth() throws {
        let schema = try Schema(Self.table)
        let report = try Report(
            training: Self.table, heldOut: Self.table.rows(Array(0..<90)), synthetic: Self.table, schema: schema,
            seed: 1)
        let shape = try #require(report.shapes.first { $0.column == Self.whole })
        #expect(shape.histogram?.labels == ["bar", Self.parts, Self.whole, "…"])
        #expect(shape.histogram?.real.prefix(3).allSatisfy { abs($0 - 1.0 / 3) < 1e-9 } == true)
        #expect(report.shapes.contains { $0.column == Self.parts && $0.histogram != shape.histogram })
        #expect(report.copies.value == 1)
        // A text of the other spelling is another one.
        let others = Self.table.columns[0].holding(texts: ["bar", Self.parts, "cafe"])
        let made = Table(columns: [others] + Self.table.columns.dropFirst(), orientation: .records)
        let changed = try Report(
            training: Self.table, heldOut: Self.table.rows(Array(0..<90)), synthetic: made, schema: schema, seed: 1)
        #expect(changed.validity.value.map { $0 < 1 } == true && changed.shapesScore.value.map { $0 < 0.95 } == true)
    }

    /// Rules are cut by bytes: marks behind `<`, `:` and blanks belong to the names.
    @Test func rulesAreReadByBytes() throws {
        let names: [ByteText] = ["a", "\u{338}b", Self.whole, Self.parts]
        let table = Table(
            columns: names.enumerated().map { place, name in
                Column(name: name, values: (0..<40).map { Double($0 + place) })
            }, orientation: .records)
        var request = Specification.Request(seed: 1)
        request.constraints = ["none", "a<\u{338}b", "\(Self.whole)<=\(Self.parts)"]
        let rules = try #require(Material(request, for: table).specification.constraints).map(\.rule)
        #expect(
            rules == [
                .order(lower: "a", upper: "\u{338}b", isStrict: true),
                .order(lower: Self.whole, upper: Self.parts, isStrict: false),
            ])
        request.constraints = ["none", "\(Self.parts)<=\(Self.whole)"]
        #expect(throws: SpecificationError.self) { try Material(request, for: table) }
    }
}
