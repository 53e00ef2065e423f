import Client
import Formats
import Testing

struct PlotTests {
    private let table = Table(
        columns: [
            Column(name: "n", values: [1, 2, 2, 3, 3, 3, 3, .nan]),
            Column(name: "city", values: [0, 1, 1, 0, 1, 1, .nan, 1], texts: ["Rome", "Paris"]),
        ], orientation: .records)

    @Test func wholeNumbersHaveABinEach() throws {
        #expect(
            try Plot.text(of: table, columns: ["n"], width: 9)
                .split(separator: "\n").map(String.init) == [
                    "n: 7 values, mean 2.429, deviation 0.7284, 1 missing",
                    "4 ┤    ██", "  ┤    ██", "  ┤    ██", "  ┤    ██", "  ┤    ██", "  ┤  ████", "  ┤  ████",
                    "  ┤▄▄████", "  ┤██████", "  ┤██████", "0 └──────", "   0.5 3.5",
                ])
    }

    @Test func textsAreBars() throws {
        #expect(
            try Plot.text(of: table, columns: ["city"], width: 30) == """
                city: 8 values, 3 different
                    Paris ███████████ 62.5 %
                     Rome ████▍ 25 %
                (missing) ██▏ 12.5 %

                """)
    }

    @Test func twoColumnsArePoints() throws {
        let points = Table(
            columns: [
                Column(name: "x", values: [0, 10, 10, 10, 10]), Column(name: "y", values: [0, 5, 5, 5, 5]),
            ], orientation: .records)
        let lines = try Plot.text(of: points, columns: ["x", "y"], width: 13).split(separator: "\n")
        #expect(lines[0] == "y over x: 5 points")
        #expect(lines[1] == "5 ┤         █")
        #expect(lines[20] == "0 ┤▒")
        #expect(lines[21] == "  └──────────")
    }

    /// Numbers of any size, at any distance.
    @Test(arguments: [
        [1e19, 1, 2], [1.7e308, -1.7e308, 0], [0x1p-1074, 0, 0], [1e-304, 3e-304, 2e-304], [1e30, 1e30, 1e30],
    ])
    func extremesAreDrawn(_ numbers: [Double]) throws {
        let table = Table(
            columns: [
                Column(name: "x", values: numbers), Column(name: "y", values: numbers.reversed()),
                Column(name: "z", values: [.infinity, .nan, 1]),
            ], orientation: .records)
        let histogram = try Plot.text(of: table, columns: ["x"], width: 60)
        #expect(histogram.hasPrefix("x: 3 values") && histogram.split(separator: "\n").count == 13)
        #expect(try Plot.text(of: table, columns: ["x", "y"], width: 60).hasPrefix("y over x: 3 points"))
        let single = try Plot.text(of: table, columns: ["z"], width: 60)
        #expect(single.hasPrefix("z: 1 values, mean 1, deviation 0, 2 missing"))
        #expect(try Plot.text(of: table, columns: ["x", "z"], width: 60).hasPrefix("z over x: 1 points"))
    }

    @Test func wrongColumnsAreRefused() {
        #expect(throws: Fault.self) { try Plot.text(of: table, columns: ["m"], width: 80) }
        #expect(throws: Fault.self) { try Plot.text(of: table, columns: ["n", "city"], width: 80) }
        #expect(throws: Fault.self) { try Plot.text(of: table, columns: ["n", "n", "n"], width: 80) }
    }

    @Test func aColumnWithoutValuesIsDrawnEmpty() throws {
        let empty = Table(columns: [Column(name: "e", values: [.nan, .nan])], orientation: .records)
        #expect(try Plot.text(of: empty, columns: ["e"], width: 40).hasPrefix("e: 0 values"))
    }
}
