import Foundation
import Models
import TestSupport
import Testing

@Suite struct DigestTests {
    /// FIPS 180-4's own examples.
    @Test func agreesWithTheStandard() {
        #expect(Digest.sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Digest.sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func aFileInPiecesIsTheBytesAtOnce() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = folder.path + "/bytes"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try Digest.sha256(ofFile: path) == Digest.sha256(bytes))
        #expect(throws: (any Error).self) { try Digest.sha256(ofFile: path + "-absent") }
    }
}
