import Formats
import Foundation
import GAN
import Models
import TestSupport
import Testing

/// Files of weights out and in, and what must not come in.
@Suite struct WeightsFileTests {
    /// A short training of records with all kinds of columns.
    private static func file() throws -> WeightsFile {
        let rows = 0..<400
        // Missing wherever the city is Rome, so that what follows from it has a gap.
        let zips = rows.map { row in row % 3 == 2 ? Double.nan : Double(100 + row % 3) }
        let days = (1...28).map { day in ByteText("2024-02-" + (day < 10 ? "0" : "") + String(day)) }
        let table = Table(
            columns: [
                Column(name: "x", values: rows.map { Double($0 * 37 % 101) / 7 }),
                Column(name: "city", values: rows.map { Double($0 % 3) }, texts: ["Oslo", "Paris", "Rome"]),
                Column(name: "zip", values: zips),
                Column(name: "day", values: rows.map { Double($0 % 28) }, texts: days),
                Column(name: "id", values: rows.map(Double.init), texts: rows.map { "A\(1000 + 7 * $0)" }),
                Column(name: "until", values: rows.map { Double(min(27, $0 % 28 + $0 % 3)) }, texts: days),
                Column(name: "shop", values: rows.map { Double($0 % 6 / 2) }, texts: ["s", "t", "u"]),
                Column(name: "brand", values: rows.map { Double($0 % 6) }, texts: ["b", "c", "d", "e", "f", "g"]),
            ], orientation: .records)
        var request = Specification.Request(seed: 4)
        request.steps = 20
        request.batchSize = 32
        request.constraints = ["day<=until", "combination:shop:brand"]
        for name in ["generator_layers", "discriminator_layers"] { request.options[name] = .widths([8]) }
        request.options["latent_dim"] = .number(4)
        let trainer = try Trainer(Material(request, for: table))
        while try trainer.advance(DispatchWorkers(count: 1)) {}
        return try WeightsFile(
            trainer.snapshot(),
            WeightsFile.Provenance(
                model: "people", version: 3, createdAt: Date(timeIntervalSince1970: 1_700_000_000), step: 20, seed: 4,
                dataSHA256: String(repeating: "a", count: 64), metrics: ["quality": 0.5]))
    }

    @Test func aFileComesBackAsItWas() throws {
        let file = try Self.file()
        let again = try WeightsFile(file.bytes)
        #expect(again.bytes == file.bytes && again.provenance == file.provenance && again.manifest == file.manifest)
        #expect(
            again.snapshot.manifest.encoder.descriptions.map(\.type)
                == ["decimal", "category", "integer", "timestamp", "identifier", "timestamp", "category", "category"])
        let rows = again.snapshot.sample(rows: 0..<200, seed: 9)
        #expect(rows.columns.map(\.texts) == file.snapshot.sample(rows: 0..<200, seed: 9).columns.map(\.texts))
        #expect(try again.snapshot.score(rows).logits == file.snapshot.score(rows).logits)
    }

    /// A file with its header's metadata, or its tensors, changed.
    private static func changed(
        _ file: [UInt8], metadata: (inout [String: String]) -> Void = { _ in },
        tensors: (inout [Safetensors.Tensor]) -> Void = { _ in }
    ) throws -> [UInt8] {
        let read = try Safetensors(contentsOf: file)
        var (all, told) = (read.tensors, read.metadata)
        metadata(&told)
        tensors(&all)
        return try Safetensors(tensors: all, metadata: told).encoded()
    }

    @Test func manifestsThatDoNotHoldAreRefused() throws {
        let file = try Self.file().bytes
        // Each replaces one text of the manifest by another.
        let cases: [(String, String)] = [
            (#""family":"records""#, #""family":"none""#), (#""family":"records""#, #""family":"uniform""#),
            (#""family":"records""#, #""family":"linear""#), (#""family":"records""#, #""family":"dense""#),
            (#""steps":20"#, #""steps":-1"#), (#""batchSize":32"#, #""batchSize":0"#),
            (#""seed":4"#, #""seed":9007199254740992"#),
            (#""latent_dim":4"#, #""latent_dim":5"#), (#""latent_dim":4"#, #""latent_dim":-4"#),
            (#""latent_dim":4"#, #""latent_dim":1e300"#),
            (#""generator_layers":[8]"#, #""generator_layers":[4096,4096,4096]"#),
            (#""generator_layers":[8]"#, #""generator_layers":[0]"#), (#""temperature":0.2"#, #""temperature":0"#),
            (#""temperature":0.2"#, #""temprature":0.2"#), (#""columns":["x","#, #""columns":["y","#),
            (#""columns":["x","#, #""columns":["city","#), (#""orientation":"records""#, #""orientation":"numbers""#),
            (#""offset":0"#, #""offset":1"#), (#""offset":0"#, #""offset":-9223372036854775808"#),
            (#""step":20"#, #""step":-20"#), (#""texts":["Oslo","#, #""texts":["Rome","#),
            (#""texts":["Oslo","#, #""texts":["#),
            // Texts of a column of a combination, and of one that follows from it.
            (#""texts":["s","t","#, #""texts":["s","s","#), (#""texts":["b","c","#, #""texts":["b","b","#),
            (#""from":1"#, #""from":2"#), (#""from":1"#, #""from":-1"#), (#""values":[100,"#, #""values":["#),
            (#""decimals":0"#, #""decimals":400"#), (#""scale":0.5"#, #""scale":0"#),
            (#""parts":[{"choice":{"_0":[1,"#, #""parts":[{"choice":{"_0":[0,"#),
            (#""parts":["#, #""parts":[{"choice":{"_0":[0,1]}},"#), (#""edges":["#, #""edges":[1e9,"#),
            (#""edges":["#, #""place":-1,"edges":["#), (#""joint":{"#, #""was":{"#),
            (#""digit""#, #""digits""#), (#""fixed":{"_0":65}"#, #""fixed":{"_0":200}"#), (#""year""#, #""hour""#),
            (#""counts":["#, #""counts":[-5,"#), (#""capacity":"#, #""capacity":0,"was":"#),
            (#""knots":["#, #""knots":[1e300,"#),
            (#""odds":{"offset":"#, #""odds":{"offset":1e300,"was":"#),
            (#""odds":{"#, #""odds":{"slope":0,"was":{"#), (#""acceptanceRate":"#, #""acceptanceRate":7,"was":"#),
            (#""largest":"#, #""largest":"inf","was":"#),
            (#""bases":[{"column":3"#, #""bases":[{"column":5"#), (#""bases":[{"column":3"#, #""bases":[{"column":99"#),
            (#""bases":[{"column":3"#, #""bases":[{"column":0"#), (#""bases":["#, #""bases":[],"was":["#),
            (#""columns":[6,7]"#, #""columns":[7,6]"#), (#""columns":[6,7]"#, #""columns":[6,99]"#),
            (#""lower":"day""#, #""lower":"night""#), (#""from":6"#, #""from":5"#),
            (#""slope":"#, #""slope":-1,"was":"#), (#""lower":["#, #""lower":[1e30,"#), (#"{"#, #"["#),
        ]
        for (old, new) in cases {
            let text = try #require(Safetensors(contentsOf: file).metadata["manifest"])
            try #require(text.contains(old), "\(old)")
            let hostile = try Self.changed(
                file,
                metadata: { metadata in
                    guard let place = text.range(of: old) else { return }
                    metadata["manifest"] = text.replacingCharacters(in: place, with: new)
                })
            #expect(throws: WeightsFile.Error.self, "\(old) as \(new)") { try WeightsFile(hostile) }
        }
    }

    /// A short training of numbers with layers of every kind.
    private static func denseFile() throws -> WeightsFile {
        let table = Distribution.demonstration.table(count: 400, seed: 4)
        var request = Specification.Request(seed: 4)
        request.steps = 20
        request.batchSize = 32
        request.options = [
            "generator_layers": .widths([8, 8]), "discriminator_layers": .widths([8, 8]), "residual": .text("on"),
            "normalization": .text("layer"), "dropout": .number(0.2), "minibatch_deviation": .text("on"),
            "packing": .number(2),
        ]
        let trainer = try Trainer(Material(request, for: table))
        while try trainer.advance(DispatchWorkers(count: 1)) {}
        return try WeightsFile(
            trainer.snapshot(),
            WeightsFile.Provenance(
                model: "numbers", version: 1, createdAt: Date(timeIntervalSince1970: 1_700_000_000), step: 20, seed: 4,
                dataSHA256: String(repeating: "a", count: 64), metrics: [:]))
    }

    @Test func layersOfEveryKindComeBackOrAreRefused() throws {
        let file = try Self.denseFile()
        let again = try WeightsFile(file.bytes)
        #expect(again.snapshot.sample(rows: 0..<200, seed: 9) == file.snapshot.sample(rows: 0..<200, seed: 9))
        let rows = file.snapshot.sample(rows: 0..<200, seed: 9)
        #expect(try again.snapshot.score(rows).logits == file.snapshot.score(rows).logits)
        let text = file.manifest
        func changed(_ old: String, _ new: String) throws -> [UInt8] {
            try #require(text.contains(old), "\(old)")
            return try Self.changed(
                file.bytes, metadata: { $0["manifest"] = text.replacingOccurrences(of: old, with: new) })
        }
        for (old, new) in [
            (#""residual":"on""#, #""residual":"off""#), (#""residual":"on""#, #""residual":"maybe""#),
            (#""normalization":"layer""#, #""normalization":"none""#), (#""packing":2"#, #""packing":3"#),
            (#""packing":2"#, #""packing":-2"#), (#""packing":2"#, #""packing":4611686018427387904"#),
            (#""packing":2"#, #""packing":1"#), (#""minibatch_deviation":"on""#, #""minibatch_deviation":"off""#),
            (#""dropout":0."#, #""dropout":1."#), (#""odds":{"offset":"#, #""odds":{"offset":1e300,"was":"#),
            (#""odds":{"#, #""odds":{"slope":0,"was":{"#), (#""acceptanceRate":"#, #""acceptanceRate":7,"was":"#),
            (#""largest":"#, #""largest":"inf","was":"#),
        ] {
            let hostile = try changed(old, new)
            #expect(throws: WeightsFile.Error.self, "\(old) as \(new)") { try WeightsFile(hostile) }
        }
        let large = try Self.changed(
            file.bytes,
            tensors: { all in
                all = all.map {
                    $0.name == "discriminator.layers.0.norm.weight"
                        ? Safetensors.Tensor(
                            name: $0.name, shape: $0.shape, values: .float32([Float](repeating: 3e38, count: 8))) : $0
                }
            })
        #expect(throws: WeightsFile.Error.self) { try WeightsFile(large) }
        // What is dropped in training makes no other model.
        _ = try WeightsFile(changed(#""dropout":0."#, #""dropout":0.1"#))
    }

    @Test func aFileThatIsOlderThanSomeOptionsComesIn() throws {
        let table = Distribution.demonstration.table(count: 400, seed: 4)
        var request = Specification.Request(seed: 4)
        request.steps = 0
        let file = try WeightsFile(
            Trainer(Material(request, for: table)).snapshot(),
            WeightsFile.Provenance(
                model: "numbers", version: 1, createdAt: Date(timeIntervalSince1970: 1_700_000_000), step: 0, seed: 4,
                dataSHA256: String(repeating: "a", count: 64), metrics: [:]))
        var text = file.manifest
        for option in [
            #""dropout":0,"#, #""minibatch_deviation":"off","#, #""packing":1,"#, #","residual":"off""#,
            #""normalization":"none","#,
        ] {
            try #require(text.contains(option), "\(option)")
            text = text.replacingOccurrences(of: option, with: "")
        }
        let older = try WeightsFile(Self.changed(file.bytes, metadata: { [text] in $0["manifest"] = text }))
        #expect(older.snapshot.sample(rows: 0..<9, seed: 1) == file.snapshot.sample(rows: 0..<9, seed: 1))
    }

    @Test func tensorsAndHeadersThatDoNotHoldAreRefused() throws {
        let file = try Self.file().bytes
        typealias Tensor = Safetensors.Tensor
        func zeros(_ name: String, _ shape: [Int]) -> Tensor {
            Tensor(name: name, shape: shape, values: .float32([Float](repeating: 0, count: shape.reduce(1, *))))
        }
        let tensors: [(String, (inout [Tensor]) -> Void)] = [
            ("one is missing", { $0.removeLast() }), ("none are there", { $0 = [] }),
            ("one too many", { $0.append(zeros("more", [1])) }),
            (
                "another shape",
                { all in all = all.map { $0.name == "generator.layers.0.weight" ? zeros($0.name, [4, 8]) : $0 } }
            ),
            (
                "another size",
                { all in all = all.map { $0.name == "generator.layers.0.bias" ? zeros($0.name, [9]) : $0 } }
            ),
            (
                "other values",
                { all in
                    all = all.map {
                        $0.name == "scorer.layers.0.bias"
                            ? Tensor(name: $0.name, shape: [8], values: .float64([Double](repeating: 0, count: 8))) : $0
                    }
                }
            ),
            (
                "values that overflow",
                { all in
                    all = all.map {
                        $0.name == "generator.layers.0.bias"
                            ? Tensor(name: $0.name, shape: [8], values: .float32([Float](repeating: 3e38, count: 8)))
                            : $0
                    }
                }
            ),
            (
                "a weight of joint odds less",
                { all in
                    all = all.map {
                        guard $0.name == "joint_odds", case .float32(let values) = $0.values else { return $0 }
                        return Tensor(
                            name: $0.name, shape: [values.count - 1], values: .float32(Array(values.dropLast())))
                    }
                }
            ),
            (
                "logits in disorder",
                { all in
                    all = all.map {
                        $0.name == "held_out_logits" ? Tensor(name: $0.name, shape: [2], values: .float32([2, 1])) : $0
                    }
                }
            ),
        ]
        for (what, change) in tensors {
            let hostile = try Self.changed(file, tensors: change)
            #expect(throws: WeightsFile.Error.self, "\(what)") { try WeightsFile(hostile) }
        }
        let headers: [(String, (inout [String: String]) -> Void)] = [
            ("no format", { $0["format"] = nil }), ("another format", { $0["format"] = "pt" }),
            ("no manifest", { $0["manifest"] = nil }), ("no JSON", { $0["manifest"] = "x" }),
            ("a deep nest", { $0["manifest"] = String(repeating: "[", count: 100_000) }),
            ("no provenance", { $0["provenance"] = nil }), ("a report of nothing", { $0["report"] = "{}" }),
            (
                "a histogram without bars",
                {
                    let figure = #"{"value":1}"#
                    let shape = #"{"column":"a","score":{},"histogram":{"labels":["x"],"real":[],"synthetic":[1]}}"#
                    let figures = [
                        "quality", "shapesScore", "trendsScore", "validity", "detection", "closestRecord", "copies",
                    ]
                    .map { #""\#($0)":\#(figure)"# }.joined(separator: ",")
                    $0["report"] =
                        #"{"trainingRows":1,"heldOutRows":1,"syntheticRows":1,"shapes":[\#(shape)],"trends":[],"#
                        + #""nearerToTraining":0.5,"membership":0.5,\#(figures)}"#
                }
            ),
            ("a wrong digest", { $0["provenance"] = $0["provenance"]?.replacingOccurrences(of: "aaaa", with: "../a") }),
            (
                "a large seed",
                {
                    $0["provenance"] = $0["provenance"]?.replacingOccurrences(
                        of: #""seed":4"#, with: #""seed":18446744073709551615"#)
                }
            ),
        ]
        for (what, change) in headers {
            let hostile = try Self.changed(file, metadata: change)
            #expect(throws: WeightsFile.Error.self, "\(what)") { try WeightsFile(hostile) }
        }
        var nan = file
        nan.replaceSubrange(nan.count - 4..<nan.count, with: [0, 0, 0xC0, 0x7F])
        let length = Int(file[0]) + Int(file[1]) << 8
        let bytes: [(String, [UInt8])] = [
            ("nothing", []), ("half", Array(file.prefix(file.count / 2))), ("a byte less", file.dropLast()),
            ("a byte more", file + [0]), ("a NaN", nan), ("a huge header", [UInt8](repeating: 0xFF, count: 8) + file),
            ("no header", [UInt8](repeating: 0, count: 8) + file),
            ("a header of spaces", file.prefix(8) + [UInt8](repeating: 0x20, count: length)),
            ("text", Array("{\"data\": [1, 2]}".utf8)),
        ]
        for (what, hostile) in bytes {
            #expect(throws: WeightsFile.Error.self, "\(what)") { try WeightsFile(hostile) }
        }
    }

    /// Whatever byte of the manifest is another one: the file is refused, or its model works.
    @Test func noChangedByteEndsTheProcess() throws {
        let file = try Self.file().bytes
        let text = try #require(Safetensors(contentsOf: file).metadata["manifest"])
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let byte = "0123456789-e.[]{},\":atx".utf8.randomElement(using: &random) ?? 0x30
                bytes[Int.random(in: bytes.indices, using: &random)] = byte
            }
            let hostile = try Self.changed(file, metadata: { $0["manifest"] = String(decoding: bytes, as: UTF8.self) })
            guard let read = try? WeightsFile(hostile) else { continue }
            let rows = read.snapshot.sample(rows: 0..<130, seed: 1)
            _ = try? read.snapshot.score(rows)
            _ = try? Sampling(.plain, of: read.snapshot).candidates(0..<130, seed: 1).isGiven(129)
        }
    }
}
