import Glibc

/// The bytes of a mapped file without a name; the kernel loads pages as they are read.
@safe final class MappedFile: Sendable {
    // The mapping is never written to.
    nonisolated(unsafe) private let buffer: UnsafeRawBufferPointer

    @unsafe init(_ buffer: UnsafeRawBufferPointer) { unsafe self.buffer = buffer }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count) }

    var count: Int { unsafe buffer.count }
    var bytes: [UInt8] { unsafe Array(buffer) }

    /// Releases the whole pages of a range.
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
