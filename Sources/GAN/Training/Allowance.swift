/// The time that a training may take, and whether it is to stop: told by whoever has a clock, for GAN has none.
package struct Allowance: Sendable {
    /// Why a piece of work did not come to its end.
    package enum Interruption: Error {
        /// The training is to stop, and nobody waits for what it was at.
        case stopped
        /// The time of this part of the training is over; another may have some left.
        case outOfTime
    }

    /// Seconds after which the training, or this part of it, is to be over.
    private let end: Double
    /// The seconds that the training has taken.
    private let clock: @Sendable () -> Double
    private let stopping: @Sendable () -> Bool

    package static let unlimited = Allowance()

    /// - Parameters:
    ///   - seconds: those that the whole training may take; without a bound nothing is ever shortened.
    ///   - elapsed: those that it has taken.
    ///   - isStopped: whether it is to stop at once.
    package init(
        seconds: Double? = nil, elapsed: @escaping @Sendable () -> Double = { 0 },
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.init(end: seconds ?? .infinity, clock: elapsed, stopping: isStopped)
    }

    private init(end: Double, clock: @escaping @Sendable () -> Double, stopping: @escaping @Sendable () -> Bool) {
        self.end = end
        self.clock = clock
        self.stopping = stopping
    }

    /// The seconds of the whole; infinite without a bound.
    var seconds: Double { end }
    var elapsed: Double { clock() }
    var isLimited: Bool { end < .infinity }
    var left: Double { isLimited ? end - clock() : .infinity }
    var isOver: Bool { isLimited && clock() >= end }
    var isStopped: Bool { stopping() }

    var isInterrupted: Bool { isStopped || isOver }

    /// Called between pieces of work that take a moment each.
    func check() throws(Interruption) {
        if isStopped { throw .stopped }
        if isOver { throw .outOfTime }
    }

    /// How much of the time from a moment on is over, from 0 to 1.
    func share(since began: Double) -> Double {
        guard isLimited else { return 0 }
        return end > began ? min(1, max(0, (clock() - began) / (end - began))) : 1
    }

    /// The same for what has to be done before there is anything to shorten.
    func checkPreparing() throws(SpecificationError) {
        if isStopped { throw SpecificationError(.stopped, at: "", "the training was stopped before its first step") }
    }

    /// That of a part which leaves seconds to those behind it, and has some even where none are left.
    func part(leaving reserve: Double, atLeast least: Double) -> Allowance {
        isLimited ? Allowance(end: max(end - reserve, clock() + least), clock: clock, stopping: stopping) : self
    }

    /// That of what must not be cut short, and is short enough.
    var untilStopped: Allowance { Allowance(end: .infinity, clock: clock, stopping: stopping) }
}
