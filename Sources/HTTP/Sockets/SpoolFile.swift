import Glibc

/// A file without a name for a long body; the kernel frees it with its last descriptor and mapping.
final class SpoolFile {
    private let descriptor: Int32
    private var count = 0

    init(folder: String) throws(SocketError) {
        var path = "\(folder)/body-XXXXXX".utf8CString
        descriptor = unsafe path.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
        guard descriptor >= 0 else { throw SocketError(call: "mkstemp", code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unsafe path.withUnsafeBufferPointer { _ = unsafe unlink($0.baseAddress!) }
    }

    deinit { close(descriptor) }

    func append(_ bytes: ArraySlice<UInt8>) throws(SocketError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw SocketError(call: "write", code: errno) }
            rest = rest.dropFirst(max(0, written))
        }
        count += bytes.count
    }

    /// Free bytes of the file's disk; `.max` where the disk does not tell.
    var freeDiskBytes: Int {
        var status = statvfs()
        guard unsafe fstatvfs(descriptor, &status) == 0 else { return .max }
        return Int(clamping: status.f_bavail) * Int(clamping: status.f_frsize)
    }

    func map() throws(SocketError) -> MappedFile {
        guard let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe address != MAP_FAILED
        else { throw SocketError(call: "mmap", code: errno) }
        return unsafe MappedFile(UnsafeRawBufferPointer(start: address, count: count))
    }
}
