import Synchronization

/// Compresses answers on a queue of its own, so that other connections continue meanwhile.
actor Compressor {
    nonisolated let executor = QueueExecutor(label: "gand.http.gzip")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// A stream's deflater, until the stream has ended.
    private final class Stream: Sendable {
        private let deflater = Mutex<Deflater?>(Deflater())

        func deflate(_ piece: [UInt8]?) -> [UInt8]? {
            deflater.withLock { deflater in
                defer { if piece == nil { deflater = nil } }
                return deflater?.deflate(piece ?? [], isLast: piece == nil)
            }
        }
    }

    func compress(_ bytes: [UInt8]) -> [UInt8] { Deflater().deflate(bytes, isLast: true) }

    nonisolated func compressing(_ stream: BodyStream) -> BodyStream {
        let state = Stream()
        var compressed = stream
        compressed.next = { await self.deflate(try await stream.next(), state) }
        return compressed
    }

    private func deflate(_ piece: [UInt8]?, _ state: Stream) -> [UInt8]? { state.deflate(piece) }
}
