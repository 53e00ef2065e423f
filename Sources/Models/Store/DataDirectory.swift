import Foundation

/// The folder that everything is kept in, locked for one process as long as this value lives.
package final class DataDirectory: Sendable {
    /// Why a folder cannot be used.
    package enum Error: Swift.Error, Hashable {
        /// A newer gand wrote the folder, or something else.
        case formatTooNew(found: String, supported: Int)
        /// A newer gand wrote the database.
        case databaseTooNew
        /// Another process has the folder; `owner` is what it wrote into its lock: its pid and when it started.
        case locked(path: String, owner: String)
        case notWritable(path: String, identity: String)
        case insufficientStorage(path: String)
        /// Any other failure of the disk.
        case failed(call: String, path: String, code: Int32)
    }

    package let path: String
    private let lock: Int32

    /// Where this start moves what it does not know, made when there is such.
    private let asideFolder: String

    /// The format of the folder that this gand writes.
    package static let format = 1

    package init(path: String) throws(Error) {
        self.path = path
        asideFolder = "\(path)/\(Self.setAside)/\(Identifier.next())"
        do throws(Disk.Failure) {
            try Disk.makeFolder(path)
            let started = Date.now.formatted(.iso8601)
            let owner = "pid \(ProcessInfo.processInfo.processIdentifier), started \(started)"
            guard let lock = try Disk.lock("\(path)/LOCK", owner: owner) else {
                throw Disk.Failure(call: "flock", path: path, code: EWOULDBLOCK)
            }
            self.lock = lock
        } catch {
            guard error.call != "flock" || error.code != EWOULDBLOCK else {
                throw .locked(path: path, owner: Self.text(of: "\(path)/LOCK") ?? "unknown")
            }
            throw Error(error)
        }
        // From here on the value is whole: whatever throws, `deinit` gives the lock back.
        try checkFormat()
        do throws(Disk.Failure) {
            for folder in ["models", "jobs", "tmp", Self.publications] { try Disk.makeFolder("\(path)/\(folder)") }
            try Disk.syncFolder(path)
        } catch { throw Error(error) }
        for name in Disk.names(in: "\(path)/tmp") { Disk.remove("\(path)/tmp/\(name)") }
    }

    deinit { Disk.unlock(lock) }

    /// Bytes that this process may still write to the disk.
    package var freeBytes: Int { get throws { try Disk.freeBytes(at: path) } }

    var reservePath: String { "\(path)/RESERVE" }

    var databasePath: String { "\(path)/gand.sqlite" }

    /// The folder of what belonged to nothing, or could not be read: moved there, and never removed.
    private static let setAside = "set-aside"

    /// Moves a file or folder out of the way, to the same place in a folder of this start's own.
    ///
    /// - Returns: its path within the data directory, before.
    @discardableResult
    func setAside(_ file: String) throws(Disk.Failure) -> String {
        let relative = self.relative(file)
        try Disk.makeFolder("\(path)/\(Self.setAside)")
        try Disk.makeFolder(asideFolder)
        var folder = asideFolder
        for name in relative.split(separator: "/").dropLast() {
            folder += "/\(name)"
            try Disk.makeFolder(folder)
        }
        try Disk.move(file, to: "\(asideFolder)/\(relative)")
        return relative
    }

    /// A path below the data directory without the way to there, which may change.
    func relative(_ file: String) -> String { String(file.dropFirst(path.count + 1)) }

    /// The folder of what those who follow this one are told.
    static let publications = "published"

    func publicationPath(model: String) throws(StoreError) -> String {
        "\(path)/\(Self.publications)/\(try Self.checked(model)).json"
    }

    /// The file that marks a folder as a copy of what another server has.
    var mirrorMarker: String { "\(path)/MIRROR" }

    /// Whether another server's folder is there, and of a format that this gand knows.
    static func isReadable(_ path: String) -> Bool {
        guard let found = try? format(of: path) else { return false }
        return isKnown(found)
    }

    /// What the file FORMAT of a folder says; `nil` where there is none.
    private static func format(of path: String) throws(Disk.Failure) -> String? {
        do throws(Disk.Failure) {
            let bytes = try Disk.read("\(path)/FORMAT", atMost: 256)
            return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        } catch let error where error.code == ENOENT {
            return nil
        }
    }

    private static func isKnown(_ text: String) -> Bool { Int(text).map { 1...format ~= $0 } ?? false }

    /// A new name to write a file under before it gets its own.
    func temporaryPath() -> String { "\(path)/tmp/\(Identifier.next())" }

    func folder(ofModel name: String) throws(StoreError) -> String { "\(path)/models/\(try Self.checked(name))" }

    func weightsPath(model: String, version: Int) throws(StoreError) -> String {
        "\(try folder(ofModel: model))/\(version).safetensors"
    }

    func datasetPath(job id: String) throws(StoreError) -> String {
        "\(path)/jobs/\(try Self.checked(id)).safetensors"
    }

    func checkpointPath(job id: String) throws(StoreError) -> String {
        "\(path)/jobs/\(try Self.checked(id)).checkpoint"
    }

    /// Whoever calls, no name leads out of its folder: one component, no dot in front, no byte that means something.
    static func checked(_ name: String) throws(StoreError) -> String {
        let bytes = name.utf8
        let isAllowed = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isAllowed, (1...64).contains(bytes.count), bytes.first != UInt8(ascii: ".") else {
            throw .invalidName(name)
        }
        return name
    }

    private func checkFormat() throws(Error) {
        let file = "\(path)/FORMAT"
        let found: String?
        do throws(Disk.Failure) { found = try Self.format(of: path) } catch { throw Error(error) }
        if let found {
            guard Self.isKnown(found) else { throw .formatTooNew(found: found, supported: Self.format) }
        } else {
            do {
                try Disk.makeFolder("\(path)/tmp")
                try Disk.write(Array("\(Self.format)\n".utf8), to: file, through: temporaryPath())
            } catch let error as Disk.Failure {
                throw Error(error)
            } catch {
                throw .failed(call: "write", path: file, code: 0)
            }
        }
    }

    private static func text(of path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}

extension DataDirectory.Error {
    init(_ failure: Disk.Failure) {
        switch failure.code {
        case EACCES, EPERM, EROFS: self = .notWritable(path: failure.path, identity: Disk.identity)
        case ENOSPC, EDQUOT: self = .insufficientStorage(path: failure.path)
        default: self = .failed(call: failure.call, path: failure.path, code: failure.code)
        }
    }
}
