import Foundation
import TestSupport

/// People who do not exist: taller ones are heavier, and cities have heights of their own.
enum People {
    static func csv(rows: Int, seed: UInt64 = 1) -> String {
        var random = SeededGenerator(seed: seed)
        // The sum of twelve uniform numbers is close to a normal one.
        func normal() -> Double {
            (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
        }
        var text = "height,weight,city,member\n"
        for _ in 0..<rows {
            let place = Int.random(in: 0..<10, using: &random)
            let city = place < 5 ? 0 : place < 8 ? 1 : 2
            let height = [168, 181, 174][city] + 6 * normal()
            let weight = 0.9 * (height - 100) + 5 * normal()
            let isMember = Int.random(in: 0..<4, using: &random) > city
            text +=
                "\(Double(Int(height * 10)) / 10),\(Double(Int(weight * 10)) / 10),\(["Rome", "Oslo", "Lyon"][city]),\(isMember)\n"
        }
        return text
    }
}
