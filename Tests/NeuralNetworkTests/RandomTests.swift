import NeuralNetwork
import Testing

struct RandomTests {
    /// Row and block take the first three counter words and the stream the last: all zero here, as in the vectors that
    /// come with Philox's reference implementation.
    @Test func philoxMatchesItsTestVector() {
        let words = Random(seed: 0, stream: .generatorInitialization).words(row: 0, block: 0)
        #expect(words == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    }

    @Test func aRowDoesNotDependOnItsNeighbours() {
        let random = Random(seed: 42, stream: .sampling)
        var many = [Float](repeating: 0, count: 100 * 11)
        var span = many.mutableSpan
        random.fillNormal(&span, row: 0, width: 11)
        var one = [Float](repeating: 0, count: 11)
        var single = one.mutableSpan
        random.fillNormal(&single, row: 57, width: 11)
        #expect(Array(many[57 * 11..<58 * 11]) == one)
    }

    @Test func normalsHaveTheMomentsOfANormal() {
        var values = [Float](repeating: 0, count: 400_000)
        var span = values.mutableSpan
        Random(seed: 7, stream: .noise).fillNormal(&span, row: 0, width: 8)
        func moment(_ power: Int) -> Double {
            values.reduce(0) { sum, value in sum + (0..<power).reduce(1.0) { product, _ in product * Double(value) } }
                / Double(values.count)
        }
        #expect(abs(moment(1)) < 0.01)
        #expect(abs(moment(2) - 1) < 0.01)
        #expect(abs(moment(3)) < 0.03)
        #expect(abs(moment(4) - 3) < 0.06)
        #expect(values.allSatisfy { abs($0) < 6 })
    }

    @Test func streamsAndSeedsDiffer() {
        let words = Random(seed: 1, stream: .noise).words(row: 9, block: 0)
        #expect(words != Random(seed: 2, stream: .noise).words(row: 9, block: 0))
        #expect(words != Random(seed: 1, stream: .sampling).words(row: 9, block: 0))
        #expect(words != Random(seed: 1, stream: .noise).words(row: 10, block: 0))
    }
}
