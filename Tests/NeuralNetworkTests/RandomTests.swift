import Foundation
import NeuralNetwork
import Testing

struct RandomTests {
    /// Row and block take the first three counter words and the stream the last: all zero here, as in the test vectors
    /// of Philox's reference implementation.
    @Test func philoxMatchesItsTestVector() {
        let words = Random(seed: 0, stream: Random.Stream(0)).words(row: 0, block: 0)
        #expect(words == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    }

    @Test func aRowDoesNotDependOnItsNeighbours() {
        let random = Random(seed: 42, stream: .second)
        var many = [Float](repeating: 0, count: 100 * 11)
        var span = many.mutableSpan
        random.fillNormal(&span, row: 0, width: 11)
        var one = [Float](repeating: 0, count: 11)
        var single = one.mutableSpan
        random.fillNormal(&single, row: 57, width: 11)
        #expect(Array(many[57 * 11..<58 * 11]) == one)
    }

    /// Rows of whole blocks and others, of a single block, and beyond 32 bits.
    @Test(arguments: [1, 4, 11, 72], [0, 1 << 32 - 3, 5 << 40])
    func manyNumbersAreTheSameAsOneByOne(_ width: Int, _ first: Int) {
        let random = Random(seed: 1 << 40 + 3, stream: .first)
        let rows = 9
        var (uniform, normal) = ([Float](repeating: 0, count: rows * width), [Float](repeating: 0, count: rows * width))
        var uniforms = uniform.mutableSpan
        random.fillUniform(&uniforms, row: first, width: width)
        var normals = normal.mutableSpan
        random.fillNormal(&normals, row: first, width: width)
        for row in 0..<rows {
            for index in 0..<width {
                let place = row * width + index
                #expect(uniform[place] == random.uniform(row: first + row, index: index))
                #expect(normal[place] == random.normals(row: first + row, block: index / 4)[index % 4])
                let words = random.words(row: first + row, block: index / 4)
                let (u, v) = (words[index % 4 / 2 * 2], words[index % 4 / 2 * 2 + 1])
                let radius = (-2 * log(Double(u >> 8 + 1) * 0x1p-24)).squareRoot()
                let angle = 2 * Double.pi * Double(v >> 8) * 0x1p-24
                let expected = radius * (index.isMultiple(of: 2) ? cos(angle) : sin(angle))
                #expect(abs(Double(normal[place]) - expected) < 2e-6)
            }
        }
        var indices: [Int] = []
        random.forEachIndex(of: first..<first + 70, below: 1_000) { indices.append($1) }
        #expect(indices == (first..<first + 70).map { random.index(row: $0, below: 1_000) })
    }

    @Test func normalsHaveTheMomentsOfANormal() {
        var values = [Float](repeating: 0, count: 400_000)
        var span = values.mutableSpan
        Random(seed: 7, stream: .first).fillNormal(&span, row: 0, width: 8)
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
        let words = Random(seed: 1, stream: .first).words(row: 9, block: 0)
        #expect(words != Random(seed: 2, stream: .first).words(row: 9, block: 0))
        #expect(words != Random(seed: 1, stream: .second).words(row: 9, block: 0))
        #expect(words != Random(seed: 1, stream: .first).words(row: 10, block: 0))
    }
}
