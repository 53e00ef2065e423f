import Foundation
import Models
import Testing

@Suite struct IdentifierTests {
    @Test func sortsInTheOrderMadeEvenWhenTheClockGoesBack() {
        let times = (0..<10_000).map { Date(timeIntervalSince1970: 1_800_000_000 - Double($0 / 100)) }
        let identifiers = times.map { Identifier.next(at: $0) }
        #expect(identifiers == identifiers.sorted())
        #expect(Set(identifiers).count == identifiers.count)
    }

    @Test func isAUUIDOfVersion7InLowerCase() {
        let identifier = Identifier.next()
        #expect(UUID(uuidString: identifier) != nil)
        #expect(identifier == identifier.lowercased())
        let characters = Array(identifier)
        #expect(characters[14] == "7" && "89ab".contains(characters[19]))
    }
}
