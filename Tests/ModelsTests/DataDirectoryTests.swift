import Foundation
import Models
import TestSupport
import Testing

@Suite struct DataDirectoryTests {
    @Test func makesItsFoldersAndEmptiesTmp() throws {
        let folder = TemporaryFolder()
        do {
            let directory = try DataDirectory(path: folder.path)
            #expect(try directory.freeBytes > 0)
        }
        let left = folder.path + "/tmp/half"
        #expect(FileManager.default.createFile(atPath: left, contents: Data([1])))
        _ = try DataDirectory(path: folder.path)
        #expect(!FileManager.default.fileExists(atPath: left))
        #expect(try String(contentsOfFile: folder.path + "/FORMAT", encoding: .utf8) == "1\n")
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
                == ["FORMAT", "LOCK", "jobs", "models", "published", "tmp"])
        let rights = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
        #expect(rights.map { $0 & 0o077 } == 0)
    }

    @Test func refusesASecondOpenerAndNamesTheFirst() throws {
        let folder = TemporaryFolder()
        let first = try DataDirectory(path: folder.path)
        let error = #expect(throws: DataDirectory.Error.self) { try DataDirectory(path: folder.path) }
        guard case .locked(let path, let owner) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == first.path)
        #expect(owner.hasPrefix("pid \(ProcessInfo.processInfo.processIdentifier), started 2"))
    }

    @Test func givesTheLockBack() throws {
        let folder = TemporaryFolder()
        for _ in 0..<3 { _ = try DataDirectory(path: folder.path) }
    }

    @Test(arguments: ["2\n", "1.1", "", "x"]) func refusesAFormatThatItDoesNotKnow(_ text: String) throws {
        let folder = TemporaryFolder()
        _ = try DataDirectory(path: folder.path)
        try text.write(toFile: folder.path + "/FORMAT", atomically: true, encoding: .utf8)
        let found = text.trimmingCharacters(in: .whitespacesAndNewlines)
        for _ in 0..<2 {
            #expect(throws: DataDirectory.Error.formatTooNew(found: found, supported: 1)) {
                try DataDirectory(path: folder.path)
            }
        }
    }

    @Test(arguments: [
        [0xFF, 0xFE, 0x31, 0x00], [0x31, 0xC3], [0x30], [0x2D, 0x31], [UInt8](repeating: 0x31, count: 256),
    ])
    func aFormatThatIsNoTextIsNotReplaced(_ bytes: [UInt8]) throws {
        let folder = TemporaryFolder()
        _ = try DataDirectory(path: folder.path)
        let file = URL(fileURLWithPath: folder.path + "/FORMAT")
        try Data(bytes).write(to: file)
        #expect(throws: DataDirectory.Error.self) { try DataDirectory(path: folder.path) }
        #expect(try Data(contentsOf: file) == Data(bytes))
    }

    @Test func saysWhatItCannotUse() throws {
        let folder = TemporaryFolder()
        #expect(throws: DataDirectory.Error.failed(call: "mkdir", path: folder.path + "/a", code: ENOENT)) {
            try DataDirectory(path: folder.path + "/a")
        }
        #expect(FileManager.default.createFile(atPath: folder.path, contents: nil))
        #expect(throws: DataDirectory.Error.failed(call: "mkdir", path: folder.path, code: EEXIST)) {
            try DataDirectory(path: folder.path)
        }
    }
}
