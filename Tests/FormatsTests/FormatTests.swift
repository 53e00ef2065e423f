import Formats
import Testing

/// The list of formats says all that is to be known of each.
@Suite struct FormatTests {
    private let table = Table(
        columns: [Column(name: "a", values: [1, 2.5]), Column(name: "b", values: [-3, 4])], orientation: .records)

    private func looks(_ bytes: [UInt8]) -> Format? {
        Format.looking(like: .rows) { isWanted in bytes.first(where: isWanted) }
    }

    @Test func namesTypesAndSuffixesAreOneFormatsEach() {
        for (name, values) in [
            ("names", Format.all.map(\.name)), ("types", Format.all.flatMap(\.mediaTypes)),
            ("suffixes", Format.all.flatMap(\.suffixes)),
        ] {
            #expect(Set(values).count == values.count, "\(name)")
        }
        #expect(Format(suffix: "JSONL") == .ndjson && Format(suffix: "tsv") == .csv && Format(suffix: "txt") == nil)
        #expect(Format.csv.contentType == "text/csv; charset=utf-8" && Format.npy.contentType == "application/x-npy")
    }

    @Test func whatAFormatHoldsDecidesWhereItIsListed() {
        #expect(Format.writing(.rows).map(\.name) == ["json", "ndjson", "csv", "npy"])
        #expect(Format.writing(.scores).map(\.name) == ["json", "csv"])
        #expect(Format.writing(.events).map(\.name) == ["json", "ndjson", "sse"])
        #expect(Format.writing(.weights) == [.safetensors] && Format.reading(.weights) == [.safetensors])
        #expect(Format.reading(.rows) == Format.writing(.rows))
        for format in Format.all { #expect((format.writer != nil) == format.writes.contains(.rows), "\(format.name)") }
    }

    @Test func rowsComeBackFromEveryFormatThatHoldsThem() throws {
        for format in Format.writing(.rows) {
            var writer = try #require(format.writer)(table.rowCount)
            var bytes: [UInt8] = []
            writer.append(table, to: &bytes)
            guard let read = format.read else {
                #expect(format == .json)
                continue
            }
            let back = try read(bytes.span, Format.Reading(limits: ReadingLimits())) { _ in }
            #expect(back.columns.map(\.values) == table.columns.map(\.values), "\(format.name)")
            // A line of JSON is JSON until the next one is read.
            #expect(looks(bytes) == (format == .ndjson ? .json : format))
        }
    }

    @Test func bytesAreToldApart() {
        for (text, format) in [
            ("[1,2]", Format.json), (" \n{}", .json), ("a,b", .csv), ("a\n1", .csv), ("\"{\",1", .csv), ("12", nil),
            ("", nil),
        ] {
            #expect(looks(Array(text.utf8)) == format, "\(text)")
        }
        #expect(looks([0x93, UInt8(ascii: "\n")]) == .npy)
        // Only texts may begin with spaces.
        #expect(looks([0x20, 0x93, UInt8(ascii: "\n")]) == .csv)
    }

    @Test func namesAreListedAsInASentence() {
        #expect([].listed(with: "or").isEmpty && ["a"].listed(with: "or") == "a")
        #expect(["a", "b"].listed(with: "or") == "a or b" && ["a", "b", "c"].listed(with: "and") == "a, b and c")
    }
}
