import HTTP
import Testing

/// Compressed bodies and long bodies.
struct BodyTests {
    /// `hello hello hello`, by gzip(1).
    private static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40,
        0x90, 0x00,
        0x80, 0x88, 0xF9, 0xE5, 0x11, 0x00, 0x00, 0x00,
    ]
    private static let gzip = [("Content-Encoding", "gzip")]

    /// The server's answer to a compressed body.
    private func answer(_ bytes: [UInt8], _ limits: Limits = Limits()) async throws -> OneShot.Answer {
        let server = try TestServer(limits)
        return try await send("POST", "/echo", to: server.address, fields: Self.gzip, body: bytes)
    }

    @Test func isExpanded() async throws {
        let answer = try await answer(Self.hello)
        #expect(answer.status == 200)
        #expect(answer.body == Array("hello hello hello".utf8))
    }

    @Test func mayHaveSeveralMembers() async throws {
        let answer = try await answer(Self.hello + Self.hello)
        #expect(answer.body == Array("hello hello hellohello hello hello".utf8))
    }

    @Test func isTheSameHoweverItIsCut() throws {
        let bytes = Self.hello + Self.hello
        for cut in 1..<bytes.count {
            let inflater = Inflater()
            var expanded: [UInt8] = []
            for piece in [bytes[..<cut], bytes[cut...]] { try inflater.inflate(piece) { expanded += $0 } }
            #expect(expanded == Array("hello hello hellohello hello hello".utf8))
            #expect(inflater.isAtEnd)
        }
    }

    @Test func isRefusedWhereItIsDamaged() async throws {
        var damaged = Self.hello
        damaged[14] ^= 0xFF
        #expect(try await answer(damaged).status == 400)
        #expect(try await answer(Array(Self.hello.dropLast())).status == 400)
        #expect(try await answer(Array("plain".utf8)).status == 400)
        #expect(try await answer(Self.hello + Array("more".utf8)).status == 400)
    }

    @Test func isRefusedWhereItExpandsBeyondTheLimit() async throws {
        var limits = Limits()
        limits.bodyBytes = 1 << 20
        let bomb = Deflater().deflate([UInt8](repeating: 0, count: 64 << 20), isLast: true)
        #expect(bomb.count < limits.bodyBytes)
        #expect(try await answer(bomb, limits).status == 413)
        let fits = Deflater().deflate([UInt8](repeating: 0, count: 1 << 20), isLast: true)
        #expect(try await answer(fits, limits).body == [UInt8](repeating: 0, count: 1 << 20))
    }

    @Test(arguments: [1000, 100_000, 1_000_000]) func isTheSameFromAFile(_ inMemory: Int) async throws {
        var limits = Limits()
        limits.bodyBytesInMemory = inMemory
        let server = try TestServer(limits)
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        #expect(try await send("POST", "/echo", to: server.address, body: body).body == body)
    }

    @Test func isRefusedWhereItBecomesTooManyTimesAsLong() async throws {
        var limits = Limits()
        limits.expandedBytes = 1 << 20
        limits.expansion = 10
        let zeros = [UInt8](repeating: 0, count: (1 << 20) + 1)
        #expect(try await answer(Deflater().deflate(zeros, isLast: true), limits).status == 413)
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let mixed = noise + zeros
        #expect(try await answer(Deflater().deflate(mixed, isLast: true), limits).body == mixed)
    }

    /// Where other bodies use the memory, a body goes to a file.
    @Test func isTheSameWhereThereIsNoMemory() async throws {
        var limits = Limits()
        limits.bodyBytesInMemoryTogether = 100_000
        let server = try TestServer(limits)
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        for _ in 0..<3 { #expect(try await send("POST", "/echo", to: server.address, body: body).body == body) }
    }

    /// All bodies share the room for files, and each returns its share at its end.
    @Test func isRefusedWhereOthersHaveTheRoom() async throws {
        var limits = Limits()
        limits.bodyBytesInMemory = 1000
        limits.spooledBytes = 16 << 20
        let server = try TestServer(limits)
        let body = [UInt8](repeating: 7, count: 10_000)
        for _ in 0..<3 { #expect(try await send("POST", "/echo", to: server.address, body: body).status == 200) }
        let long = [UInt8](repeating: 7, count: 17 << 20)
        #expect(try await send("POST", "/echo", to: server.address, body: long).status == 503)
        #expect(try await send("POST", "/echo", to: server.address, body: body).status == 200)
    }

    @Test func leavesRoomOnTheDisk() async throws {
        var limits = Limits()
        limits.bodyBytesInMemory = 1000
        limits.freeDiskBytes = .max / 2
        let server = try TestServer(limits)
        let answer = try await send("POST", "/echo", to: server.address, body: [UInt8](repeating: 0, count: 2000))
        #expect(answer.status == 507)
    }

    @Test func isRefusedWhereThereIsNoRoomForAFile() async throws {
        var limits = Limits()
        limits.bodyBytesInMemory = 1000
        limits.spoolFolder = "/nowhere"
        let server = try TestServer(limits)
        let answer = try await send("POST", "/echo", to: server.address, body: [UInt8](repeating: 0, count: 2000))
        #expect(answer.status == 507)
    }
}
