import Formats
import Testing

struct TableTests {
    @Test func partsAreJoined() throws {
        let first = try Table(csv: Array("n,t\n1,a\n2,b\n".utf8))
        let second = try Table(csv: Array("n,t\n3,c\n4,\n5,a\n".utf8))
        let joined = Table(joining: [first, second, first])
        #expect(joined.columns[0].values == [1, 2, 3, 4, 5, 1, 2])
        let texts = joined.columns[1].values.map { $0.isNaN ? nil : joined.columns[1].texts?[Int($0)] }
        #expect(texts == ["a", "b", "c", nil, "a", "a", "b"])
    }

    @Test func numbersBecomeTexts() {
        let column = Column(name: "n", values: [2, 1.5, .nan, 2]).asTexts()
        #expect(column.texts == ["1.5", "2"])
        #expect(column.values[0] == 1 && column.values[1] == 0 && column.values[2].isNaN && column.values[3] == 1)
    }

    @Test func textsThatNoRowHasCanBeLeftOut() {
        let table = Table(
            columns: [
                Column(name: "t", values: [3, .nan, 1, 3], texts: ["a", "b", "c", "d"]),
                Column(name: "n", values: [1, 2, 3, 4], decimals: 0),
            ], orientation: .records)
        let less = table.withoutUnusedTexts
        #expect(less.columns[0].texts == ["d", "b"] && less.columns[1] == table.columns[1])
        let texts = less.columns[0].values.map { $0.isNaN ? nil : less.columns[0].texts?[Int($0)] }
        #expect(texts == ["d", nil, "b", "d"])
    }
}
