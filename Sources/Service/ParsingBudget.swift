import Formats
import Synchronization

/// The memory that all that is parsed at one time may take: bodies while they are read, and the rows made of them until
/// they are answered.
final class ParsingBudget: Sendable {
    private struct State {
        var taken = 0
        var byClient: [String: Int] = [:]
    }

    let bytes: Int
    private let state = Mutex(State())

    /// A request has so many bytes whatever others have: no small one is turned away for large ones.
    private static let freeBytes = 1 << 18

    init(bytes: Int) { self.bytes = bytes }

    /// What one client may have: some is left for others.
    private var bytesPerClient: Int { bytes / 4 * 3 }

    /// What one request has of the budget, until nobody holds it.
    final class Share: Sendable {
        private let budget: ParsingBudget
        private let client: String
        private let mine = Mutex(0)

        init(of budget: ParsingBudget, for client: String) { (self.budget, self.client) = (budget, client) }

        deinit { budget.giveBack(max(0, mine.withLock(\.self) - freeBytes), client) }

        /// - Throws: `busy` where others have the memory, `tooLarge` where there is not so much.
        func take(_ bytes: Int) throws(FormatError) {
            let (before, after) = mine.withLock { mine in
                defer { mine += bytes }
                return (mine, mine + bytes)
            }
            let more = max(0, after - freeBytes) - max(0, before - freeBytes)
            guard more > 0 else { return }
            do throws(FormatError) {
                try budget.take(more, client, forAll: after - freeBytes)
            } catch {
                mine.withLock { $0 -= bytes }
                throw error
            }
        }
    }

    /// Limits of a reading without rows.
    func limits(for client: String, _ isAbandoned: @escaping @Sendable () -> Bool) -> ReadingLimits {
        ReadingLimits(
            columns: 0, rows: 0, cure: FormatError.piecesHint, share: Share(of: self, for: client),
            isAbandoned: isAbandoned)
    }

    private func take(_ more: Int, _ client: String, forAll all: Int) throws(FormatError) {
        guard all <= bytesPerClient else {
            throw FormatError(
                .tooLarge, "the rows take more memory than the server gives one client",
                hint: "\(FormatError.piecesHint), or raise the setting max_parsing_bytes")
        }
        let isThere = state.withLock { state in
            let ofClient = state.byClient[client, default: 0] + more
            guard state.taken + more <= bytes, ofClient <= bytesPerClient else { return false }
            state.taken += more
            state.byClient[client] = ofClient
            return true
        }
        guard isThere else { throw FormatError(.busy, "there is no memory for the rows while others are read") }
    }

    private func giveBack(_ bytes: Int, _ client: String) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.taken -= bytes
            let left = state.byClient[client, default: 0] - bytes
            state.byClient[client] = left > 0 ? left : nil
        }
    }
}

extension ReadingLimits {
    /// Limits of a reading that takes its memory from a share of the budget, and ends where nobody waits for it.
    init(
        columns: Int, rows: Int, bytes: Int = .max, cure: String, share: ParsingBudget.Share,
        isAbandoned: @escaping @Sendable () -> Bool
    ) {
        self.init(columns: columns, rows: rows, bytes: bytes, cure: cure) { count throws(FormatError) in
            guard !isAbandoned() else { throw Problem.abandoned }
            try share.take(count)
        }
    }
}
