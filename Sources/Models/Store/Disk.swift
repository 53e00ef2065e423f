import Foundation
import Glibc

/// The few calls that durable files need. The only file of this room that calls the kernel.
enum Disk {
    /// A call that failed, with what the kernel said.
    struct Failure: Error, Hashable, CustomStringConvertible {
        let call: String
        let path: String
        let code: Int32

        /// Without the path: logs do not tell where things are.
        var description: String {
            switch code {
            case EFBIG: "the file is longer than any of its kind"
            case ELOOP: "a symbolic link is not followed"
            default: "\(call): error \(code)"
            }
        }

        var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
    }

    /// Makes the folder if it is not there; the umask can only take rights away from these.
    static func makeFolder(_ path: String) throws(Failure) {
        guard unsafe mkdir(path, 0o700) != 0 else { return }
        let code = errno
        guard code == EEXIST, isFolder(path) else { throw Failure(call: "mkdir", path: path, code: code) }
    }

    /// Writes a whole file under its name or not at all, also when the power fails. The folders must be on one disk.
    static func write(
        _ bytes: [UInt8], to path: String, through temporary: String, before: (StoreStep) throws -> Void = { _ in }
    ) throws {
        try write(to: path, through: temporary, before: before) { unsafe try $0(bytes.span.bytes) }
    }

    /// The same of what `contents` appends piece by piece.
    static func write(
        to path: String, through temporary: String, before: (StoreStep) throws -> Void = { _ in },
        _ contents: (_ append: (RawSpan) throws -> Void) throws -> Void
    ) throws {
        do {
            try before(.writeFile)
            let descriptor = try open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
            defer { _ = close(descriptor) }
            try contents { try writeAll($0, to: descriptor, path: temporary) }
            try before(.syncFile)
            guard fsync(descriptor) == 0 else { throw Failure(call: "fsync", path: temporary, code: errno) }
            try before(.renameFile)
            guard unsafe rename(temporary, path) == 0 else { throw Failure(call: "rename", path: path, code: errno) }
        } catch {
            remove(temporary)
            throw error
        }
        try before(.syncFolder)
        try syncFolder((path as NSString).deletingLastPathComponent)
    }

    /// A whole file, once in memory; a longer one than the limit is a failure, and is not read.
    static func read(_ path: String, atMost limit: Int = .max) throws(Failure) -> [UInt8] {
        // Whoever opens a pipe would wait for its other end.
        try read(open(path, O_RDONLY | O_NONBLOCK), path, atMost: limit)
    }

    /// The same of a file below a folder that somebody else writes: no symbolic link leads out of it.
    static func read(_ names: [String], in folder: String, atMost limit: Int) throws(Failure) -> [UInt8] {
        var descriptor = try open(folder, O_RDONLY | O_DIRECTORY)
        for (index, name) in names.enumerated() {
            let flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (index < names.count - 1 ? O_DIRECTORY : 0)
            let next = unsafe openat(descriptor, name, O_RDONLY | flags)
            let code = errno
            _ = close(descriptor)
            guard next >= 0 else { throw Failure(call: "open", path: "\(folder)/\(name)", code: code) }
            descriptor = next
        }
        return try read(descriptor, folder, atMost: limit)
    }

    /// Reads what is open, and closes it.
    private static func read(_ descriptor: Int32, _ path: String, atMost limit: Int) throws(Failure) -> [UInt8] {
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Failure(call: "fstat", path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(call: "read", path: path, code: EINVAL) }
        let size = Int(status.st_size)
        guard size <= limit else { throw Failure(call: "read", path: path, code: EFBIG) }
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { room, count in
            while count < room.count {
                let read = unsafe Glibc.read(descriptor, room.baseAddress! + count, room.count - count)
                if read < 0, errno == EINTR { continue }
                if read < 0 { code = errno }
                guard read > 0 else { return }
                count += read
            }
        }
        guard code == 0 else { throw Failure(call: "read", path: path, code: code) }
        return bytes
    }

    /// Makes a file of zeros that takes as much room as it is long; leaves none where there is too little.
    static func allocate(_ path: String, bytes: Int) -> Bool {
        guard let descriptor = try? open(path, O_WRONLY | O_CREAT | O_TRUNC) else { return false }
        defer { _ = close(descriptor) }
        guard posix_fallocate(descriptor, 0, bytes) == 0 else {
            remove(path)
            return false
        }
        return true
    }

    /// Gives a file another name beside its own.
    static func link(_ path: String, as other: String) throws(Failure) {
        guard unsafe Glibc.link(path, other) == 0 else { throw Failure(call: "link", path: other, code: errno) }
    }

    /// Makes the names in a folder durable.
    static func syncFolder(_ path: String) throws(Failure) {
        let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure(call: "fsync", path: path, code: errno) }
    }

    /// Removes a file. One that cannot be removed is removed by the next start, if it is known to be of no use.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Removes a folder if it is empty.
    static func removeFolder(_ path: String) { _ = unsafe rmdir(path) }

    /// Gives a file or folder another name on the same disk.
    static func move(_ path: String, to other: String) throws(Failure) {
        guard unsafe rename(path, other) == 0 else { throw Failure(call: "rename", path: path, code: errno) }
    }

    /// The names in a folder, sorted, or none if there is no such folder.
    static func names(in path: String) -> [String] { readableNames(in: path) ?? [] }

    /// The same, `nil` where the folder cannot be read.
    static func readableNames(in path: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Makes a file that only its owner may read, or one that there is such a file.
    static func makePrivateFile(_ path: String) throws(Failure) {
        let descriptor = try open(path, O_RDWR | O_CREAT)
        defer { _ = close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw Failure(call: "fchmod", path: path, code: errno) }
    }

    /// The size of a plain file, or nil if there is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// What tells one state of a file from another.
    struct Stamp: Hashable {
        let file: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// The state of a file as it is now, of a symbolic link itself; nil if there is none.
    static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return Stamp(
            file: status.st_ino, size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func freeBytes(at path: String) throws(Failure) -> Int {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw Failure(call: "statvfs", path: path, code: errno) }
        let (bytes, isBeyond) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return isBeyond ? .max : bytes
    }

    /// Takes an exclusive lock and writes `owner` into the file; nil where another descriptor has the lock.
    static func lock(_ path: String, owner: String) throws(Failure) -> Int32? {
        let descriptor = try open(path, O_RDWR | O_CREAT)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            _ = close(descriptor)
            guard code == EWOULDBLOCK else { throw Failure(call: "flock", path: path, code: code) }
            return nil
        }
        do throws(Failure) {
            guard ftruncate(descriptor, 0) == 0 else { throw Failure(call: "ftruncate", path: path, code: errno) }
            unsafe try writeAll(Array(owner.utf8).span.bytes, to: descriptor, path: path)
        } catch {
            _ = close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Closing the descriptor gives the lock back, as does the end of the process, however it ends.
    static func unlock(_ descriptor: Int32) {
        _ = close(descriptor)
    }

    /// Who this process is to the kernel, as `uid:gid`.
    static var identity: String { "\(geteuid()):\(getegid())" }

    private static func open(_ path: String, _ flags: Int32) throws(Failure) -> Int32 {
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(call: "open", path: path, code: errno) }
        return descriptor
    }

    private static func writeAll(_ bytes: RawSpan, to descriptor: Int32, path: String) throws(Failure) {
        var written = 0
        while written < bytes.byteCount {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw Failure(call: "write", path: path, code: code)
            }
            written += count
        }
    }
}
