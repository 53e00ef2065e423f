import Formats

@testable import Service

/// Tables in CSV.
struct CSVTarget: Target {
    var seeds: [[UInt8]] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return Example.all.map { $0.csv() }
            + Example.ordinary.flatMap { example in
                [
                    example.csv(separator: ";", newline: "\r\n"), example.csv(separator: "\t", newline: "\r"),
                    mark + example.csv(),
                ]
            }
            + ["1\n2\n3\n", "a\n\"\"\n\"\"\n", "\"a\"\"b\",\"\n\"\r\n1,\r\n", "x\n", "1,2", "\n\n\n", "\u{FEFF}"].map {
                Array($0.utf8)
            }
    }

    func read(_ input: [UInt8]) {
        TableLife(input) { try Table(csv: input, newlinesMayBeGone: input.count % 2 == 0) }
            .run(type: "text/csv", body: input)
    }
}

/// Bodies of /train and /score in JSON.
struct JSONTarget: Target {
    var seeds: [[UInt8]] {
        let deep = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        return Example.all.flatMap { example in
            [true, false].map { areRecords in
                [UInt8(ascii: "[")] + Array(example.json(areRecords: areRecords).joined(separator: [UInt8(ascii: ",")]))
                    + [UInt8(ascii: "]")]
            }
        }
            + [
                "[1,2,3,1e19,5e-324,-1.2e308]", "[1e400]", "[123456789012345678901234567890,1]", deep(20), deep(1001),
                #"{"data":[[1,2],[3,4],[5,6]],"columns":["a","b"],"steps":2,"seed":1,"options":{"loss":"rpgan"}}"#,
                #"{"data":{"mixture":{"components":[{"mean":-5,"stddev":1,"weight":1}],"count":100}},"epochs":1}"#,
                #"{"data":{"uniform":{"low":-1e15,"high":1e15,"count":10}},"family":"uniform","max_seconds":0.5}"#,
                #"{"data":[{"a":1,"b":"x"},{"a":null,"b":"y"}],"types":"a:identifier","constraints":["unique:a"]}"#,
                #"{"data":[{"a":1,"a":2}]}"#,
                #"{"data":[{"caf\u00e9":1,"cafe\u0301":2},{"cafe\u0301":1,"caf\u00e9":2}]}"#,
                #"{"data":[["\ud83d\ude00","\u0000"],["b",null]],"tags":{"a":"b"},"generator_layers":[1,4096]}"#,
            ].map { Array($0.utf8) }
    }

    func read(_ input: [UInt8]) {
        TableLife(input) {
            let root = try JSONDocument(input).root
            return try Table(json: root["data"] ?? root, at: "")
        }.run(type: "application/json", body: input)
    }
}

/// The same, an object or array a line.
struct NDJSONTarget: Target {
    var seeds: [[UInt8]] {
        Example.all.flatMap { example in
            [true, false].map { Array(example.json(areRecords: $0).joined(separator: [UInt8(ascii: "\n")])) }
        } + ["1\n2\n", "{}\n", "[]\n[1]\n", "\n \n", "{\"a\":1}\r\n{\"a\":2}\r\n"].map { Array($0.utf8) }
    }

    func read(_ input: [UInt8]) {
        TableLife(input) { try Table(json: JSONDocument(NDJSON.array(input.span)).root, at: "") }
            .run(type: "application/x-ndjson", body: input)
    }
}

/// Arrays of numpy.
struct NPYTarget: Target {
    var seeds: [[UInt8]] {
        var seeds: [[UInt8]] = []
        for example in Example.all {
            guard let table = example.table, table.columns.allSatisfy({ $0.texts == nil }) else { continue }
            var bytes: [UInt8] = []
            var writer = NPYRowWriter(rowCount: table.rowCount)
            writer.append(Table(columns: table.columns, orientation: .rows), to: &bytes)
            seeds.append(bytes)
        }
        func file(_ version: UInt8, _ header: String, _ count: Int) -> [UInt8] {
            let length: [UInt8] = [UInt8(header.utf8.count), 0] + (version > 1 ? [0, 0] : [])
            return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8)
                + (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
        }
        for (type, size) in [("<f4", 4), ("<i8", 8), ("<u8", 8), ("|b1", 1), ("|i1", 1), ("<u2", 2), (">f8", 8)] {
            for version in UInt8(1)...3 {
                seeds.append(
                    file(version, "{'descr': '\(type)', 'fortran_order': True, 'shape': (6, 2), }\n", 12 * size))
            }
        }
        return seeds + [
            file(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776, 1024), }\n", 8),
            file(2, "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", 24),
            file(1, "{'shape': (), 'descr': '<f8', 'fortran_order': False}\n", 8),
        ]
    }

    func read(_ input: [UInt8]) {
        TableLife(input) { try Table(npy: input.span) }.run(type: "application/x-npy", body: input)
    }
}
