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
        let lists = [Format.all.map(\.name), Format.all.flatMap(\.mediaTypes), Format.all.flatMap(\.suffixes)]
        for values in lists { #expect(Set(values).count == values.count, "\(values)") }
        let files: [(String, Format?)] = [("JSONL", .ndjson), ("tsv", .csv), ("npy", .npy), ("txt", nil)]
        for (suffix, format) in files {
            #expect(Format(suffix: suffix) == format, "\(suffix)")
        }
        #expect(Format.csv.contentType == "text/csv; charset=utf-8")
        #expect(Format.npy.contentType == "application/x-npy")
    }

    @Test func whatAFormatHoldsDecidesWhereItIsListed() {
        #expect(Format.writing(.rows).map(\.name) == ["json", "ndjson", "csv", "npy"])
        #expect(Format.writing(.scores).map(\.name) == ["json", "csv"])
        #expect(Format.writing(.events).map(\.name) == ["json", "ndjson", "sse"])
        #expect(Format.writing(.weights).map(\.name) == ["safetensors"])
        #expect(Format.reading(.weights).map(\.name) == ["safetensors"])
        #expect(Format.reading(.rows) == Format.writing(.rows))
        for format in Format.all {
            let hasWriter = format.writer != nil
            #expect(hasWriter == format.writes.contains(.rows), "\(format.name)")
        }
    }

    @Test func rowsComeBackFromEveryFormatThatHoldsThem() throws {
        for format in Format.writing(.rows) {
            let makeWriter = try #require(format.writer)
            var writer = makeWriter(table.rowCount)
            var bytes: [UInt8] = []
            writer.append(table, to: &bytes)
            guard let read = format.read else {
                #expect(format == .json)
                continue
            }
            let back = try read(bytes.span, Format.Reading(limits: ReadingLimits()), { _ in })
            for (one, other) in zip(back.columns, table.columns) {
                #expect(one.values == other.values, "\(format.name)")
            }
            #expect(back.columns.count == table.columns.count)
            // A line of JSON is JSON until the next one is read.
            let expected = format == .ndjson ? Format.json : format
            #expect(looks(bytes) == expected)
        }
    }

    @Test func bytesAreToldApart() {
        let cases: [(String, Format?)] = [
            ("[1,2]", .json), (" \n{}", .json), ("a,b", .csv), ("a\n1", .csv), ("\"{\",1", .csv), ("12", nil),
            ("", nil),
        ]
        for (text, format) in cases { #expect(looks(Array(text.utf8)) == format, "\(text)") }
        #expect(looks([0x93, UInt8(ascii: "\n")]) == .npy)
        // Only texts may begin with spaces.
        #expect(looks([0x20, 0x93, UInt8(ascii: "\n")]) == .csv)
    }

    @Test func namesAreListedAsInASentence() {
        #expect([String]().listed(with: "or").isEmpty)
        #expect(["a"].listed(with: "or") == "a")
        #expect(["a", "b"].listed(with: "or") == "a or b")
        #expect(["a", "b", "c"].listed(with: "and") == "a, b and c")
    }
}
