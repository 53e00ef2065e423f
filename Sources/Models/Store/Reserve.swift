import Synchronization

/// Room on the disk that is held back, so that the book-keeping goes on when the disk is full: jobs come to their end, are
/// canceled and deleted, and the next start finds all in order.
final class Reserve: Sendable {
    private let path: String
    private let isHeld = Mutex(false)

    private static let bytes = 1 << 20

    init(path: String) { self.path = path }

    /// Takes the room unless it is held already; not while there is little else.
    ///
    /// - Returns: whether it is held.
    @discardableResult
    func hold(_ freeBytes: Int) -> Bool {
        isHeld.withLock { isHeld in
            if !isHeld, freeBytes > 4 * Self.bytes { isHeld = Disk.allocate(path, bytes: Self.bytes) }
            return isHeld
        }
    }

    /// Gives the room to those who need it.
    ///
    /// - Returns: whether there was any.
    func release() -> Bool {
        isHeld.withLock { isHeld in
            isHeld = false
            guard Disk.size(of: path) != nil else { return false }
            Disk.remove(path)
            return true
        }
    }
}
