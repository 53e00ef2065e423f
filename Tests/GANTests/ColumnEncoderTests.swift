import Formats
import Foundation
import GAN
import NeuralNetwork
import Testing

/// Manifests on disk are read as long as there are any: how each kind of column is written does not change.
struct ColumnEncoderTests {
    /// The encoder of a model of every kind of column, as a manifest has it: what a kind needs not is left out.
    private static let stored = [
        #"{"encoder":{"sequence":{"start":601}},"name":"id","offset":0}"#,
        #"{"encoder":{"identifier":{"_0":{"capacity":100,"multiplier":87,"places":[{"fixed":{"_0":65}},{"digit":{}},"#
            + #"{"digit":{}}]},"missing":0.25}},"name":"code","offset":0}"#,
        #"{"encoder":{"category":{"_0":{"counts":[346,254],"hasMissing":false,"isBoolean":true,"otherCounts":[],"#
            + #""others":[],"texts":["false","true"]}}},"name":"member","offset":0}"#,
        #"{"encoder":{"combination":{"_0":{"counts":[97,92,69],"hasMissing":false,"isBoolean":false,"otherCounts":[],"#
            + #""others":[],"texts":["4:Lyon3:red","4:Rome3:red","5:Turin-"]},"_1":{"columns":[3,4],"#
            + #""texts":["Rome","Turin","Lyon"],"values":[2,0,1]}}},"name":"town","offset":2}"#,
        #"{"encoder":{"derived":{"from":3,"texts":["red"],"values":[0,0,"nan"]}},"name":"shop","offset":5}"#,
        #"{"encoder":{"time":{"_0":{"bounds":[19725,19920],"decimals":0,"hasMissing":false,"map":{"quantile":{"_0":"#
            + #"{"knots":[19725,19821,19920]}}},"masses":[],"scale":0.5},"_1":{"parts":[{"year":{}},{"literal":{"_0":45}},"#
            + #"{"month":{}},{"literal":{"_0":45}},{"day":{}}]}}},"name":"begin","offset":5}"#,
        #"{"encoder":{"difference":{"_0":{"bases":[{"column":5,"isStrict":false}],"bounds":[19737,19954],"decimals":0,"#
            + #""difference":{"bounds":[0,39],"decimals":0,"hasMissing":false,"map":{"quantile":{"_0":{"knots":[0,19,39]}}},"#
            + #""masses":[],"scale":0.5},"own":{"bounds":[19737,19954],"decimals":0,"hasMissing":false,"map":{"quantile":"#
            + #"{"_0":{"knots":[19737,19843,19954]}}},"masses":[],"scale":0.5}},"_1":{"parts":[{"year":{}},{"literal":"#
            + #"{"_0":45}},{"month":{}},{"literal":{"_0":45}},{"day":{}}]}}},"name":"end","offset":6}"#,
        #"{"encoder":{"number":{"_0":{"bounds":[0,165.09],"decimals":2,"hasMissing":true,"map":{"quantile":{"_0":{"knots":"#
            + #"[1.93,18.5,165.09]}}},"masses":[0],"scale":0.5}}},"name":"pay","offset":7}"#,
        #"{"encoder":{"difference":{"_0":{"bases":[{"column":7,"isStrict":true}],"bounds":[10,131],"decimals":2,"#
            + #""difference":{"decimals":5,"hasMissing":false,"map":{"constant":{"_0":3}},"masses":[],"scale":0.5},"own":"#
            + #"{"decimals":0,"hasMissing":false,"map":{"standard":{"deviation":1,"mean":50}},"masses":[],"scale":0.5}}}},"#
            + #""name":"high","offset":11}"#,
        #"{"encoder":{"category":{"_0":{"counts":[204,202],"hasMissing":true,"isBoolean":false,"otherCounts":[9,8],"#
            + #""others":["C","D"],"texts":["A","B"]}}},"name":"grade","offset":12}"#,
        #"{"encoder":{"derived":{"decimals":2,"from":9,"values":[7.25,1.5,2,"nan"]}},"name":"level","offset":16}"#,
    ]

    private static func json(_ columns: [String]) -> String {
        #"{"columns":["# + columns.joined(separator: ",") + #"],"orientation":"records","width":16}"#
    }

    private static func decoded(_ columns: [String]) throws -> TableEncoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(TableEncoder.self, from: Data(json(columns).utf8))
    }

    @Test func everyKindIsWrittenAsItWasRead() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let written = try encoder.encode(Self.decoded(Self.stored))
        #expect(String(decoding: written, as: UTF8.self) == Self.json(Self.stored))
    }

    @Test func everyKindIsDescribedAndMade() throws {
        let encoder = try Self.decoded(Self.stored)
        #expect(
            encoder.descriptions.map(\.type) == [
                "identifier", "identifier", "boolean", "category", "category", "timestamp", "timestamp", "decimal",
                "integer", "category", "decimal",
            ])
        #expect(
            encoder.descriptions.map(\.hasMissing) == [
                false, true, false, false, true, false, false, true, false, true, true,
            ])
        #expect(encoder.descriptions.map(\.derivedFrom) == Array(repeating: nil, count: 10) + ["grade"])
        #expect(encoder.choices == [0..<2, 2..<5, 8..<11, 12..<16])
        // The second words: true, and Rome with red; the first and the last number in the middle of their columns, pay
        // one of its masses, and one of the others for a grade.
        var codes = [Float](repeating: 0, count: 16)
        for place in [1, 3, 9, 14] { codes[place] = 1 }
        let made = encoder.decode(codes.span, row: 4, random: Random(seed: 1, stream: .decoding))
        func text(_ column: Int) -> ByteText? {
            let value = made.columns[column].values[0]
            return value.isNaN ? nil : made.columns[column].texts?[Int(value)]
        }
        #expect(made.columns[0].values == [605] && made.columns[2].values == [1] && made.columns[2].isBoolean)
        #expect(text(2) == "true" && text(3) == "Rome" && text(4) == "red")
        #expect(text(5) == "2024-04-08" && text(6) == "2024-04-27")
        #expect(made.columns[7].values == [0] && made.columns[8].values == [10])
        #expect(text(9) == "C" && made.columns[10].values == [2] || text(9) == "D" && made.columns[10].values[0].isNaN)
        let scored = try encoder.encode(made)
        #expect(scored.misfits == [-1] && encoder.choices.allSatisfy { scored.values[$0].reduce(0, +) == 1 })
    }

    @Test(arguments: [#"{"spline":{}}"#, "{}", #"{"sequence":{"start":1},"number":{}}"#])
    func aColumnIsOfOneKnownKind(_ encoder: String) {
        #expect(throws: DecodingError.self) {
            try Self.decoded([#"{"encoder":"# + encoder + #","name":"id","offset":0}"#])
        }
    }
}
