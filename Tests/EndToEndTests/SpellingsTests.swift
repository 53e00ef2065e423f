import Foundation
import HTTP
import TestSupport
import Testing

/// Texts of Unicode that mislead whoever compares or reads characters, through the built binary.
@Suite struct SpellingsTests {
    private static let (whole, parts) = ("caf\u{E9}", "cafe\u{301}")
    private static let small = "steps=20&batch_size=32&latent_dim=4&generator_layers=16&discriminator_layers=16&seed=1"

    private func escaped(_ text: String) -> String { text.utf8.map { String(format: "%%%02X", Int($0)) }.joined() }

    private func has(_ answer: OneShot.Answer, _ text: String) -> Bool {
        answer.body.firstRange(of: Array(text.utf8)) != nil
    }

    @Test func twoSpellingsAreTwoNamesAndTwoTexts() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let (whole, parts) = (Self.whole, Self.parts)
        let lines = (0..<120).map { "\([whole, parts, "bar"][$0 % 3]),\($0 % 7),\([parts, whole][$0 % 2])" }
        let csv = "\(whole),\(parts),n\n" + lines.joined(separator: "\n") + "\n"
        let types = "\(escaped(whole)):category,\(escaped(parts)):category"
        #expect(try server.send("POST", "/train?dry_run=true", csv).status == 200)
        let tags = "tags=\(escaped(whole)):1,\(escaped(parts)):2"
        let job = try server.send("POST", "/train?wait=120&types=\(types)&\(tags)&model=two&\(Self.small)", csv)
        #expect(job.status == 200)
        #expect(has(job, "\"succeeded\"") && has(job, "\"\(whole)\":\"1\"") && has(job, "\"\(parts)\":\"2\""))

        let rows = try server.send("GET", "/sample?model=two&n=400&seed=1&format=csv")
        #expect(rows.body.starts(with: Array("\(whole),\(parts),n\n".utf8)))
        #expect(has(rows, "\n\(whole),") && has(rows, "\n\(parts),"))
        let scores = try server.send("POST", "/score?model=two", String(decoding: rows.body, as: UTF8.self))
        #expect(scores.status == 200 && has(scores, "\"n\":400"))
        let balanced = try server.send("GET", "/sample?model=two&n=9&format=csv&seed=1&balance=\(escaped(whole))")
        let words = balanced.body.split(separator: UInt8(ascii: "\n")).dropFirst().map {
            $0.prefix { $0 != UInt8(ascii: ",") }
        }
        for word in [whole, parts, "bar"] { #expect(words.count { Array($0) == Array(word.utf8) } == 3, "\(word)") }
        let found = try server.send(
            "POST", "/sample?model=two&n=20&format=ndjson&seed=1", #"{"where":{"\#(whole)":"\#(parts)"}}"#)
        #expect(
            found.status == 200 && has(found, "\"\(whole)\":\"\(parts)\"") && !has(found, "\"\(whole)\":\"\(whole)\""))
        // Two values of one parameter are two in two spellings, too.
        let twice = "balance=\(escaped(whole))&balance=\(escaped(parts))"
        #expect(try server.send("GET", "/sample?model=two&\(twice)").status == 400)
        #expect(try server.send("GET", "/models/two/report").status == 200)
        let model = try server.send("GET", "/models/two")
        #expect(has(model, "\"name\":\"\(whole)\"") && has(model, "\"name\":\"\(parts)\""))

        let weights = try server.send("GET", "/models/two/weights")
        let brought = try OneShot.send(
            "PUT", "/models/again/weights", to: server.address, body: weights.body, timeout: 60)
        #expect(brought.status == 201)
        let again = try server.send("GET", "/sample?model=again&n=400&seed=1&format=csv")
        #expect(again.body == rows.body)
        let records = #"[{"\#(whole)":"x","\#(parts)":"y"}]"#
        #expect(try server.send("POST", "/score?model=two", records).status == 422)
        #expect(try server.send("GET", "/readyz").status == 200)
    }

    /// Marks that belong to `<` hide it from whoever looks at characters, and not from a browser.
    @Test func aReportShowsNamesAndObeysNone() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let name = "\u{600}<meta http-equiv=refresh content=0;url=http://elsewhere.example/ x=\u{600}\">\u{301}"
        let records = (0..<120).map { row -> [String: Any] in
            [name: ["\u{600}<b>", "\"\u{301}>", "plain"][row % 3], "b": row % 7, "\u{600}&\u{600}<script>": row % 5]
        }
        let body = try String(
            decoding: JSONSerialization.data(withJSONObject: records, options: .sortedKeys), as: UTF8.self)
        let trained = try server.send("POST", "/train?wait=120&model=page&\(Self.small)", body)
        #expect(has(trained, "\"succeeded\""))
        let page = try OneShot.send(
            "GET", "/models/page/report", to: server.address, fields: [("Accept", "text/html")], timeout: 60)
        #expect(page.status == 200 && has(page, "\u{600}&lt;meta http-equiv"))
        for text in ["<meta http-equiv", "<script", "<b>", "x=\u{600}\""] { #expect(!has(page, text), "\(text)") }
    }

    /// What a server says of its data moves no cursor and ends no line.
    @Test func aTerminalIsSafeFromNames() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        func gand(_ arguments: String..., input: String = "") throws -> CommandLine {
            try CommandLine(arguments, input: input, environment: ["GAND_URL": "http://\(server.address)"])
        }
        let name = "\u{1B}]0;title\u{7}\u{9B}2J\u{202E}name"
        // A constant column is told of, and one of few texts is drawn.
        let rows = (0..<60).map {
            #"{"\#(Self.json(name))":"\#(Self.json("\u{1B}[31m" + ["a", "b"][$0 % 2]))","n":\#($0 % 7)}"#
        }
        let input = "[" + rows.joined(separator: ",") + "]"
        let trained = try gand(
            "train", "-", "-m", "names", "--steps", "10", "--seed", "1", "--batch-size", "32", "--option",
            "generator_layers=16", "--option", "discriminator_layers=16", "--constraint", "\(name)<=n", input: input)
        #expect(trained.status == 65)
        let other = try gand(
            "train", "-", "-m", "names", "--steps", "10", "--seed", "1", "--batch-size", "32", "--option",
            "generator_layers=16", "--option", "discriminator_layers=16", input: input)
        #expect(other.status == 0, "\(other.errors)")
        let plot = try gand("sample", "-m", "names", "-n", "50", "--plot", name)
        #expect(plot.status == 0 && plot.output.contains(#"\u{1B}]0;title\u{7}\u{9B}2J\u{202E}name: 50 values"#))
        let shown = try gand("models", "show", "names")
        #expect(shown.output.contains(#"\u001b]0;title\u0007\u009b2J\u202ename"#))
        let unknown = try gand("sample", "-m", "names", "--plot", "\u{1B}x")
        #expect(unknown.status == 64)
        for text in [trained.errors, other.errors, plot.output, shown.output, unknown.errors] {
            let controls = text.unicodeScalars.filter {
                $0 != "\n" && ($0.value < 0x20 || 0x7F..<0xA0 ~= $0.value || $0 == "\u{202E}")
            }
            #expect(controls.isEmpty, "\(text)")
        }
        // Rows are data, and stay as they are.
        #expect(try gand("sample", "-m", "names", "-n", "5").output.contains(name))
    }

    private static func json(_ text: String) -> String {
        text.unicodeScalars.map { $0.value < 0x20 ? String(format: "\\u%04x", Int($0.value)) : String($0) }.joined()
    }
}
