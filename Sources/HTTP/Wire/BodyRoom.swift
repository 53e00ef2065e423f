import Synchronization

/// The memory and disk space of all bodies together; each takes a share and returns it.
final class BodyRoom: Sendable {
    private struct Taken {
        var memory = 0
        var files = 0
    }

    private let limits: Limits
    private let taken = Mutex(Taken())

    init(limits: Limits) { self.limits = limits }

    /// One body's share of the room, returned with the value.
    final class Share: Sendable {
        private let room: BodyRoom
        private let mine = Mutex(Taken())

        init(of room: BodyRoom) { self.room = room }

        deinit {
            let mine = mine.withLock(\.self)
            room.taken.withLock {
                $0.memory -= mine.memory
                $0.files -= mine.files
            }
        }

        /// - Returns: whether this many more bytes may be kept in memory.
        func takeMemory(_ bytes: Int) -> Bool {
            let isThere = room.taken.withLock { taken in
                guard taken.memory + bytes <= room.limits.bodyBytesInMemoryTogether else { return false }
                taken.memory += bytes
                return true
            }
            if isThere { mine.withLock { $0.memory += bytes } }
            return isThere
        }

        /// - Returns: whether this many more bytes may be kept in files.
        func takeFile(_ bytes: Int) -> Bool {
            let isThere = room.taken.withLock { taken in
                guard taken.files + bytes <= room.limits.spooledBytes else { return false }
                taken.files += bytes
                return true
            }
            if isThere { mine.withLock { $0.files += bytes } }
            return isThere
        }

        /// Returns the memory once the bytes are in a file.
        func giveMemoryBack() {
            let bytes = mine.withLock { mine in
                defer { mine.memory = 0 }
                return mine.memory
            }
            room.taken.withLock { $0.memory -= bytes }
        }
    }
}
