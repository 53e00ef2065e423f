// With Socket and Poller, the only files that call the kernel.
import Glibc

/// A file without a name that a long body is written to; the kernel frees it with its last descriptor and mapping.
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

    /// Bytes that are free where the file is; nothing is known of a disk that cannot be asked.
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

/// The bytes of a file that nobody else can reach, in memory as far as they are read.
@safe final class MappedFile: Sendable {
    // Nobody writes to the mapping.
    nonisolated(unsafe) private let buffer: UnsafeRawBufferPointer

    @unsafe fileprivate init(_ buffer: UnsafeRawBufferPointer) { unsafe self.buffer = buffer }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count) }

    var count: Int { unsafe buffer.count }
    var bytes: [UInt8] { unsafe Array(buffer) }

    /// Lets the pages of a range go, all but those at its ends.
    func release(_ range: Range<Int>) {
        let page = Int(getpagesize())
        let (start, end) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
        guard start < end, let address = unsafe buffer.baseAddress else { return }
        _ = unsafe madvise(UnsafeMutableRawPointer(mutating: address + start), end - start, MADV_DONTNEED)
    }

    func withSpan<Result, Failure>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
        try unsafe body(Span<UInt8>(_unsafeBytes: buffer))
    }
}
