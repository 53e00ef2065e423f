// How fast a JSON array of 20 MB of numbers becomes a table, beside Foundation's JSONDecoder making an array of it.
import Formats
import Foundation

let bytes = {
    var (generator, text) = (SystemRandomNumberGenerator(), Array("[".utf8))
    while text.count < 20_000_000 {
        text += Array("\(Float.random(in: -100...100, using: &generator)),".utf8)
    }
    text[text.count - 1] = UInt8(ascii: "]")
    return text
}()

/// Megabytes a second, the best of three.
func speed(_ body: () throws -> Void) rethrows -> Double {
    var best = Duration.seconds(3600)
    for _ in 0..<3 { best = min(best, try ContinuousClock().measure(body)) }
    return Double(bytes.count) / 1e6 / (best / .seconds(1))
}

let ours = try speed { _ = try Table(json: JSONDocument(bytes).root, at: "") }
let theirs = try speed { _ = try JSONDecoder().decode([Double].self, from: Data(bytes)) }
print("{\"gand\": \(Int(ours)), \"foundation\": \(Int(theirs))}")
