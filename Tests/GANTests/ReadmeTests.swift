import Foundation
import GAN
import Testing

/// The README's table of families is the registry told once more.
@Suite struct ReadmeTests {
    /// The second cell of each row of the table, by the family's name.
    private func cells() throws -> [String: String] {
        // Tests/GANTests/ReadmeTests.swift is three levels below the package.
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
        let table = try #require(text.split(separator: "| family | options, with their defaults |\n").dropFirst().first)
        let rows = table.split(separator: "\n").dropFirst().prefix { $0.hasPrefix("| `") }
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let cells = row.split(separator: " | ", maxSplits: 1)
                return (cells[0].trimmingCharacters(in: ["|", " ", "`"]), String(cells[1]))
            })
    }

    /// The words in code spans, and the first word behind each that is in none.
    private func options(_ cell: String) -> [(name: String, value: String)] {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { !$0.isMultiple(of: 2) }.flatMap { index in
            let rest = stride(from: index + 1, to: parts.count, by: 2).map { parts[$0] }
            // Two names with "and" between them share a value.
            let text = rest.first { $0 != " and " } ?? ""
            let value = text.split(separator: " ").first.map { $0.trimmingCharacters(in: [",", ")"]) } ?? ""
            return parts[index].split(separator: " ").map { (name: String($0), value: value) }
        }
    }

    private func isTold(_ value: OptionValue, as text: String) -> Bool {
        switch value {
        case .number(let number): Double(text) == number
        case .text(let choice): text == choice
        case .widths(let widths): text == "[\(widths.map(String.init).joined(separator: ","))]"
        }
    }

    @Test func everyFamilyIsThereWithItsOptions() throws {
        let cells = try cells()
        #expect(Set(cells.keys) == Set(Families.all.map(\.name)))
        var choices: Set<String> = []
        for family in Families.all {
            let cell = try #require(cells[family.name])
            let told = options(cell)
            let known = family.options(columns: 1)
            #expect(Set(told.map(\.name)) == Set(known.map(\.name)), "\(family.name)")
            for option in known {
                let value = try #require(told.first { $0.name == option.name }?.value)
                if let standard = option.standard {
                    #expect(isTold(standard, as: value), "\(family.name) \(option.name): \(value)")
                }
                // What an option may be is told where it comes first.
                guard case .choice(let names) = option.kind, choices.insert(option.name).inserted else { continue }
                for name in names { #expect(cell.contains(name), "\(family.name) \(option.name): \(name)") }
            }
            for option in family.options(columns: 2) {
                guard case .widths(let widths)? = option.standard else { continue }
                #expect(cell.contains("[\(widths.map(String.init).joined(separator: ","))]"))
            }
        }
    }
}
