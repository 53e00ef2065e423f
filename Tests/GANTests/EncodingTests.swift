import Formats
import Foundation
import GAN
import NeuralNetwork
import TestSupport
import Testing

struct EncodingTests {
    /// Beyond 2⁵³ a number plus one is the same number: such identifiers are refused, or learned as numbers.
    @Test func identifiersThatCannotBeCountedAreNone() throws {
        func table(_ first: Double) -> Table {
            Table(
                columns: [
                    Column(name: "id", values: (0..<60).map { first + 2 * Double($0) }),
                    Column(name: "n", values: (0..<60).map { Double($0 % 7) }),
                ], orientation: .records)
        }
        #expect(try Schema(table(0x1p53)).columns[0].kind == .integer)
        let error = #expect(throws: SpecificationError.self) { try Schema(table(0x1p53), types: ["id": "identifier"]) }
        #expect(error?.pointer == "row:1/column:id" && error?.detail.contains("send them as texts") == true)
        let last = 0x1p52 - 120
        var schema = try Schema(table(last), types: ["id": "identifier"])
        let encoder = try TableEncoder(records: table(last), schema: &schema, maximumCategories: 100, protecting: 5)
        let codes = [Float](repeating: 0, count: 1000 * encoder.width)
        let made = encoder.decode(codes.span, row: 1_000_000_000_000, random: Random(seed: 1, stream: .decoding))
        #expect(Set(made.columns[0].values).count == 1000)
    }

    /// 10,000 rows of the introduction's kinds of numbers.
    private static func zoo(_ name: String, using generator: inout SeededGenerator) -> [Double] {
        (0..<10_000).map { _ in
            let u = Double.random(in: 1e-12..<1, using: &generator)
            let v = Double.random(in: 0..<1, using: &generator)
            let normal = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
            return switch name {
            case "normal": normal
            case "far": 1e9 + normal
            case "two": (v < 0.5 ? -5 : 5) + normal
            case "exponential": -log(u)
            case "uniform": u
            case "lognormal": exp(normal)
            case "integers": floor(10 * u)
            case "mass": v < 0.3 ? 2 : normal
            default: 7
            }
        }
    }

    /// Codes of real rows are about N(0, 1), and come back as the values that they were made from.
    @Test(arguments: ["normal", "far", "two", "exponential", "uniform", "lognormal", "integers", "mass"])
    func codesAreNormalAndComeBack(_ name: String) throws {
        var generator = SeededGenerator(seed: 3)
        let values = Self.zoo(name, using: &generator)
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .numbers)
        let encoder = try Material(TrainerTests.specification(table), for: table).encoder
        let codes = try encoder.encode(table, random: Random(seed: 1, stream: .encoding)).values
        let normals = Self.zoo("normal", using: &generator)
        #expect(TwoSample.kolmogorovSmirnov(codes.map(Double.init), normals) < 0.03)
        let back = encoder.decode(codes.span, row: 0, random: Random(seed: 1, stream: .decoding)).columns[0].values
        #expect(TwoSample.kolmogorovSmirnov(back, values) < 0.01)
        if name == "integers" { #expect(Set(back) == Set((0..<10).map(Double.init))) }
        if name == "mass" {
            let share = Double(back.filter { $0 == 2 }.count) / 10_000
            #expect(abs(share - Double(values.filter { $0 == 2 }.count) / 10_000) < 0.005)
        }
    }

    /// What a generator makes of N(0, 1) is distributed as the column is.
    @Test(arguments: ["two", "exponential", "uniform", "lognormal", "integers", "mass"])
    func normalCodesBecomeTheColumn(_ name: String) throws {
        var generator = SeededGenerator(seed: 4)
        let values = Self.zoo(name, using: &generator)
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .numbers)
        let codes = Self.zoo("normal", using: &generator).map(Float.init)
        let made = try Material(TrainerTests.specification(table), for: table).encoder.decode(
            codes.span, row: 0, random: Random(seed: 1, stream: .decoding))
        #expect(TwoSample.kolmogorovSmirnov(made.columns[0].values, Self.zoo(name, using: &generator)) < 0.03)
    }

    /// Points around 8 centers on a circle, whose columns depend on each other, or around the 25 of a grid, where they do
    /// not.
    private static func points(_ name: String) -> Table {
        var generator = SeededGenerator(seed: 6)
        let normals = zoo("normal", using: &generator) + zoo("normal", using: &generator)
        let centers = (0..<10_000).map { _ in
            let angle = Double.pi / 4 * Double(Int.random(in: 0..<8, using: &generator))
            return name == "ring"
                ? (cos(angle), sin(angle))
                : (
                    Double(Int.random(in: -2...2, using: &generator)), Double(Int.random(in: -2...2, using: &generator))
                )
        }
        return Table(
            columns: [
                Column(name: "x", values: centers.enumerated().map { $1.0 + 0.01 * normals[$0] }),
                Column(name: "y", values: centers.enumerated().map { $1.1 + 0.01 * normals[10_000 + $0] }),
            ], orientation: .rows)
    }

    /// Each column of a grid stands alone, and becomes about normal; those of a ring keep their shape.
    @Test(arguments: ["ring", "grid"])
    func onlyColumnsThatDependOnNoOtherLoseTheirShape(_ name: String) throws {
        let table = Self.points(name)
        let encoder = try Material(TrainerTests.specification(table), for: table).encoder
        let codes = try encoder.encode(table, random: Random(seed: 1, stream: .encoding)).values
        var generator = SeededGenerator(seed: 7)
        let normals = Self.zoo("normal", using: &generator)
        for column in 0..<2 {
            let values = stride(from: column, to: codes.count, by: 2).map { Double(codes[$0]) }
            let distance = TwoSample.kolmogorovSmirnov(values, normals)
            #expect(name == "grid" ? distance < 0.03 : distance > 0.1)
        }
        let back = encoder.decode(codes.span, row: 0, random: Random(seed: 1, stream: .decoding))
        for (made, real) in zip(back.columns, table.columns) {
            #expect(TwoSample.kolmogorovSmirnov(made.values, real.values) < 0.01)
        }
    }

    /// Rows of numbers, masses, gaps and categories, and one of a text that is not kept.
    @Test func compactRowsAreTheSame() throws {
        let table = try Self.records(300)
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 200, protecting: 5)
        var encoded = try encoder.encode(table, random: Random(seed: 1, stream: .encoding)).values
        for place in encoder.choices[0] { encoded[place] = 0 }
        var rows = CompactRows(width: encoder.width, choices: encoder.choices)
        rows.append(Array(encoded.prefix(100 * encoder.width)))
        rows.append(Array(encoded.dropFirst(100 * encoder.width)))
        #expect(rows.count == 300 && rows.rows(0..<300) == encoded)
        #expect(rows.rows([299, 0]) == Array(encoded.suffix(encoder.width) + encoded.prefix(encoder.width)))
        let rest = rows.without([0, 7, 8, 299])
        #expect(rest.count == 296 && rest.rows(0..<296) == rows.rows(Array(1..<7) + Array(9..<299)))
        #expect(rows.without([]).rows(0..<300) == encoded)
    }

    /// More values than are sorted at once, with gaps and repetitions.
    @Test func differentNumbersOfManyRowsAreCounted() throws {
        let values = (0..<600_000).map { $0.isMultiple(of: 7) ? Double.nan : Double($0 * 7919 % 1013) / 8 }
        let schema = try Schema(Table(columns: [Column(name: "x", values: values)], orientation: .records))
        #expect(schema.columns[0].distinct == 1013 && schema.columns[0].missing == values.count(where: \.isNaN))
    }

    private static let people = """
        id,name,joined,age,pay,city,country,well
        """

    /// Records of every kind of column.
    static func records(_ count: Int, seed: UInt64 = 5) throws -> Table {
        var generator = SeededGenerator(seed: seed)
        let cities = ["Paris", "Lyon", "Rome", "Turin"]
        let lines = (0..<count).map { row in
            let city = Int.random(in: 0..<4, using: &generator)
            let age = Int.random(in: 18...80, using: &generator)
            let pay =
                Int.random(in: 0..<4, using: &generator) == 0
                ? "" : Int.random(in: 0..<3, using: &generator) == 0 ? "0" : "\(1000 + 10 * age).50"
            let day = 1 + Int.random(in: 0..<28, using: &generator)
            let hash = UInt32.random(in: 0...(.max), using: &generator)
            return
                "\(row + 1),u-\(String(hash | 1 << 31, radix: 16)),2024-02-\(day < 10 ? "0" : "")\(day),\(age),\(pay),"
                + "\(cities[city]),\(city < 2 ? "France" : "Italy"),\(row.isMultiple(of: 3) ? "yes" : "no")"
        }
        return try Table(csv: Array((people + "\n" + lines.joined(separator: "\n")).utf8))
    }

    @Test func kindsAreInferred() throws {
        let schema = try Schema(Self.records(500))
        #expect(
            schema.columns.map(\.kind) == [
                .identifier, .identifier, .timestamp, .integer, .decimal, .category, .category, .category,
            ])
        #expect(schema.columns[4].missing > 50)
        let forced = try Schema(Self.records(500), types: ["id": "number", "joined": "category"])
        #expect(forced.columns[0].kind == .integer && forced.columns[2].kind == .category)
        #expect(throws: SpecificationError.self) { try Schema(Self.records(50), types: ["nobody": "number"]) }
        #expect(throws: SpecificationError.self) { try Schema(Self.records(50), types: ["city": "number"]) }
        #expect(throws: SpecificationError.self) { try Schema(Self.records(50), types: ["city": "timestamp"]) }
    }

    /// Encoded records come back as they were, but for identifiers, which nobody gets back.
    @Test func recordsComeBack() throws {
        let table = try Self.records(2000)
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
        #expect(schema.columns.map(\.derivedFrom) == [nil, nil, nil, nil, nil, nil, "city", nil])
        let encoded = try encoder.encode(table)
        #expect(encoded.misfits.allSatisfy { $0 < 0 })
        #expect(
            encoder.choices.allSatisfy { choice in
                (0..<table.rowCount).allSatisfy { row in
                    encoded.values[row * encoder.width..<(row + 1) * encoder.width][
                        row * encoder.width + choice.lowerBound..<row * encoder.width + choice.upperBound
                    ].reduce(0, +) == 1
                }
            })
        let back = encoder.decode(encoded.values.span, row: 0, random: Random(seed: 9, stream: .decoding))
        for name: ByteText in ["joined", "city", "country", "well"] {
            #expect(Self.texts(back, name) == Self.texts(table, name))
        }
        let (ages, made) = (Self.column(table, "age").values, Self.column(back, "age").values)
        #expect(zip(ages, made).allSatisfy { abs($0 - $1) <= 1 })
        let (pays, paid) = (Self.column(table, "pay").values, Self.column(back, "pay").values)
        #expect(zip(pays, paid).allSatisfy { $0.isNaN == $1.isNaN && ($0 == 0) == ($1 == 0) })
        #expect(paid.allSatisfy { $0.isNaN || ($0 * 10).rounded() == $0 * 10 })
        let real = Set(Self.texts(table, "name").compactMap(\.self))
        let fresh = Self.texts(back, "name").compactMap(\.self)
        #expect(Set(fresh).count == 2000 && real.isDisjoint(with: fresh))
        #expect(fresh.allSatisfy { $0.hasPrefix("u-") && $0.count == 10 })
        #expect(Self.column(back, "id").values == (2001...4000).map(Double.init))
    }

    /// Identifiers are missing as often as in the data, and of a model that was kept before they could be, never.
    @Test func identifiersMayBeMissing() throws {
        let lines = (0..<2000).map { row in
            let isThere = row.isMultiple(of: 5)
            return "\(isThere ? "C\(100_000 + row * 7919 % 900_000)" : ""),\(isThere ? "\(row * row)" : ""),\(row % 3)"
        }
        let table = try Table(csv: Array("cid,number,n\n\(lines.joined(separator: "\n"))".utf8))
        var schema = try Schema(table, types: ["number": "identifier"])
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
        #expect(encoder.descriptions.map(\.type).prefix(2) == ["identifier", "identifier"])
        #expect(encoder.descriptions.map(\.hasMissing) == [true, true, false])
        let codes = try encoder.encode(table).values
        let back = encoder.decode(codes.span, row: 0, random: Random(seed: 1, stream: .decoding))
        for column in back.columns.prefix(2) {
            #expect(abs(column.values.count(where: \.isNaN) - 1600) < 80)
        }
        let part = encoder.decode(
            codes.span.extracting(700 * encoder.width..<720 * encoder.width), row: 700,
            random: Random(seed: 1, stream: .decoding))
        #expect(Self.texts(part, "cid") == Array(Self.texts(back, "cid")[700..<720]))
        let kept = String(decoding: try JSONEncoder().encode(encoder), as: UTF8.self)
        let old = kept.replacing(",\"missing\":0.8", with: "").replacing("\"missing\":0.8,", with: "")
        let read = try JSONDecoder().decode(TableEncoder.self, from: Data(old.utf8))
        #expect(old != kept && read.descriptions.map(\.hasMissing) == [false, false, false])
    }

    @Test func whatNoRecordHasIsAMisfit() throws {
        let table = try Self.records(2000)
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
        let header = Self.people
        func misfits(_ lines: String) throws -> [Int32] {
            try encoder.encode(Table(csv: Array((header + "\n" + lines).utf8), asTexts: ["pay"])).misfits
        }
        #expect(throws: SpecificationError.self) { try misfits("1,u-1,2024-02-01,30,x,Paris,France,yes") }
        let rows = try Table(
            csv: Array((header + "\n1,u-1,2024-02-01,30,5,Oslo,France,yes\n2,u-2,2024-02-01,30,5,Rome,France,yes").utf8)
        )
        #expect(try encoder.encode(rows).misfits == [5, 6])
        let late = try Table(csv: Array((header + "\n1,u-1,soon,30,5,Rome,Italy,yes").utf8))
        let error = #expect(throws: SpecificationError.self) { try encoder.encode(late) }
        #expect(error?.pointer == "row:1/column:joined")
    }

    /// The values of the outermost five rows are nowhere in what is kept, either as they are or as limits.
    @Test func outermostValuesAreNotKept() throws {
        var lines = (0..<2000).map { "\(1000 + $0 * 7 % 500),\(2000 + $0 * 7 % 500 + $0 * 11 % 300)" }
        lines += ["-987123,-987111", "987654,987656"]
        let table = try Table(csv: Array("a,b\n\(lines.joined(separator: "\n"))".utf8))
        for rules in [[], [Constraint.Rule.order(lower: "a", upper: "b", isStrict: false)]] {
            var schema = try Schema(table, types: ["a": "number", "b": "number"])
            let encoder = try TableEncoder(
                records: table, schema: &schema, maximumCategories: 100, protecting: 5, rules: rules)
            let kept = String(decoding: try JSONEncoder().encode(encoder), as: UTF8.self)
            for value in ["987123", "987111", "987654", "987656"] {
                #expect(!kept.split(whereSeparator: { !$0.isNumber }).contains(Substring(value)))
            }
        }
    }

    /// Of a few values beside a point mass the outermost are not given away.
    @Test(arguments: [15, 12, 11]) func fewValuesAreNotTold(_ count: Int) throws {
        let values = (0..<2000).map { $0 < count ? 1000 * Double($0 + 1) : 0 }
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .records)
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
        let codes = try encoder.encode(table).values
        let back = encoder.decode(codes.span, row: 0, random: Random(seed: 1, stream: .decoding)).columns[0].values
        #expect(back.suffix(2000 - count).allSatisfy { $0 == 0 })
        let hidden = min(5, (count - 1) / 2)
        let told = 1000 * Double(hidden + 1)...1000 * Double(count - hidden)
        #expect(back.prefix(count).allSatisfy(told.contains))
    }

    /// Sixty values are not sixty knots.
    @Test func fewValuesAreNotLearnedByHeart() throws {
        var generator = SeededGenerator(seed: 12)
        let values = (0..<60).map { _ in Double(Int.random(in: 0..<1_000_000, using: &generator)) }
        let table = Table(columns: [Column(name: "x", values: values)], orientation: .records)
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
        let kept = String(decoding: try JSONEncoder().encode(encoder), as: UTF8.self)
        let numbers = Set(kept.split { !$0.isNumber }.compactMap { Double($0) })
        #expect(values.count(where: numbers.contains) <= 6)
    }

    /// A text of fewer than five rows is nowhere in what is kept.
    @Test func rareTextsAreNotKept() throws {
        let lines = (0..<200).map { "\($0 % 7),\($0 < 4 ? "secret" : $0.isMultiple(of: 2) ? "a" : "b")" }
        let table = try Table(csv: Array(("n,t\n" + lines.joined(separator: "\n")).utf8))
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 100, protecting: 5)
        #expect(schema.columns[1].warning?.contains("1 texts of fewer than 5 rows") == true)
        let encoded = try encoder.encode(table, random: Random(seed: 1, stream: .encoding))
        let back = encoder.decode(encoded.values.span, row: 0, random: Random(seed: 1, stream: .decoding))
        #expect(Set(Self.texts(back, "t")) == ["a", "b"])
    }

    @Test func manyTextsShareAPlace() throws {
        let lines = (0..<3000).map { "\($0 % 7),t\($0 % 300)" }
        let table = try Table(csv: Array(("n,t\n" + lines.joined(separator: "\n")).utf8))
        var schema = try Schema(table)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 50, protecting: 5)
        #expect(encoder.choices.map(\.count).max() == 51)
        let encoded = try encoder.encode(table)
        let back = encoder.decode(encoded.values.span, row: 0, random: Random(seed: 1, stream: .decoding))
        #expect(Set(Self.texts(back, "t")).count > 250)
    }

    @Test(arguments: [
        ("2024-02-29", "2023-02-29"), ("1999-12-31 23:59:59", "1999-12-31 24:00:00"), ("12/31/1969", "31/31/1969"),
        ("31.12.1969 07:05", "31.12.1969 7:05"), ("2024-01-01T00:00:00.125Z", "2024-01-01T00:00:00.1234567890Z"),
        ("2024-03-01T19:24:48+02:00", "2024-03-01T19:24:48+02:0"), ("2024-03-01 19:24-0530", "2024-03-01 19:24-053"),
        ("2024-03-01T19:24:48.12Z", "2024-03-01T19:24:48.Z"), ("23:59", "24:59"),
        ("2024-12-31 23:59:59.123456000+01", "2024-12-31 23:59:59.123456000 01"),
    ])
    func timesComeBack(_ text: String, _ wrong: String) throws {
        let lines = (0..<50).map { "\($0),\(text)" }.joined(separator: "\n")
        let table = try Table(csv: Array("n,t\n\(lines)".utf8))
        var schema = try Schema(table, types: ["n": "number"])
        #expect(schema.columns[1].kind == .timestamp)
        let encoder = try TableEncoder(records: table, schema: &schema, maximumCategories: 50, protecting: 5)
        let encoded = try encoder.encode(table)
        let back = encoder.decode(encoded.values.span, row: 0, random: Random(seed: 1, stream: .decoding))
        #expect(Set(Self.texts(back, "t")) == [text])
        let other = try Table(csv: Array("n,t\n1,\(wrong)\n2,\(wrong)".utf8))
        #expect(try Schema(other).columns[1].kind == .category)
    }

    /// Texts that begin with a date are never made by a pattern, which knows no months.
    @Test func datesAreNoIdentifiers() throws {
        let lines = (0..<200).map { row in
            "2024-0\(1 + row % 9)-1\(row % 10)T1\(row % 10):\(10 + row % 50):\(10 + row % 47)+0\(row % 5):00,"
                + "2024-01-15-0\(100 + row)"
        }
        let schema = try Schema(Table(csv: Array("t,key\n\(lines.joined(separator: "\n"))".utf8)))
        #expect(schema.columns.map(\.kind) == [.category, .identifier])
    }

    private static func column(_ table: Table, _ name: ByteText) -> Column {
        table.columns[table.names.firstIndex(of: name)!]
    }

    private static func texts(_ table: Table, _ name: ByteText) -> [String?] {
        let column = column(table, name)
        return column.values.map { $0.isNaN ? nil : column.texts?[Int($0)].string }
    }
}
