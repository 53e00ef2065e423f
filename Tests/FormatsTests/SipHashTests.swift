import Formats
import Testing

struct SipHashTests {
    /// Of the bytes 0, 1, 2 and so on with the key 0 to 15, by a second implementation that reproduces the example of the
    /// paper (Aumasson & Bernstein 2012, appendix A) with its numbers of rounds.
    @Test(
        arguments: [
            (0, 0xABAC_0158_050F_C4DC), (1, 0xC9F4_9BF3_7D57_CA93), (7, 0xD392_7D98_9BB1_1140),
            (8, 0x3690_9511_8D29_9A8E),
            (9, 0x25A4_8EB3_6C06_3DE4), (15, 0xD320_D86D_2A51_9956), (16, 0xCC4F_DD1A_7D90_8B66),
            (63, 0x9D19_9062_B7BB_B3A8),
        ] as [(Int, UInt64)])
    func hashes(_ count: Int, _ hash: UInt64) {
        let function = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        let bytes = (0..<80).map { UInt8($0) }
        #expect(function.hash(0..<count, of: bytes.span) == hash)
        // Wherever they stand.
        #expect(function.hash(3..<3 + count, of: ([9, 9, 9] + bytes).span) == hash)
    }

    /// Texts that meet under one key do not under others: the process's own is drawn.
    @Test func theKeyIsDrawn() {
        let bytes = Array("text".utf8)
        #expect(SipHash(key: (0, 0)).hash(0..<4, of: bytes.span) != SipHash.standard.hash(0..<4, of: bytes.span))
        #expect(SipHash.standard.hash(0..<4, of: bytes.span) == SipHash.standard.hash(0..<4, of: bytes.span))
    }
}
