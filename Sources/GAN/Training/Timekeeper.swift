/// Keeps a training to its time, and notes what there was too little of it for.
final class Timekeeper {
    let allowance: Allowance
    private let makesRecords: Bool
    /// 0 where there is no scorer.
    private let scorerSteps: Int
    private let operationsPerStep: Int
    /// When the first step began, by the allowance's clock, the steps since then, and the seconds of one.
    private var began: Double?
    private var stepsTaken = 0
    private var stepSeconds = 0.0
    /// What there was too little time for, in plain words.
    private(set) var shortened: [String] = []

    /// Floating-point operations of a step that takes so long that nobody would wait for its end.
    private static let longStep = 20_000_000_000

    init(_ specification: Specification, operationsPerStep: Int, within allowance: Allowance) {
        self.allowance = allowance
        self.operationsPerStep = operationsPerStep
        makesRecords = specification.resolvedFamily.makesRecords
        scorerSteps = specification.scorerSteps
    }

    func note(_ what: String) { shortened.append(what) }

    /// How the time is shared out; `nil` where it has no end.
    var shares: TimeShares? {
        guard allowance.isLimited else { return nil }
        return TimeShares(
            seconds: allowance.seconds, makesRecords: makesRecords, scorerSteps: scorerSteps, stepSeconds: stepSeconds)
    }

    /// Called before each step.
    func begin() { if began == nil { began = allowance.elapsed } }

    /// Seconds since the first step began.
    private var taken: Double { began.map { allowance.elapsed - $0 } ?? 0 }

    /// Takes note of how long steps take, where that matters.
    func countStep() {
        stepsTaken += 1
        if allowance.isLimited { stepSeconds = taken / Double(stepsTaken) }
    }

    /// The time of the first phase: what is left by those behind it.
    var training: Allowance {
        guard let shares else { return allowance }
        return allowance.part(
            leaving: shares.calibration + shares.scoring + shares.publication + shares.evaluation,
            atLeast: shares.least(0.25) - taken)
    }

    /// How much of the first phase's time is over, from 0 to 1.
    var trainingShare: Double { began.map(training.share) ?? 0 }

    /// The time for setting the last layer right.
    var calibration: Allowance {
        guard let shares else { return allowance }
        return allowance.part(
            leaving: shares.scoring + shares.publication + shares.evaluation, atLeast: shares.least(0.1))
    }

    /// The time for the scorer, from now on; `nil` where it has no end.
    var scoring: Allowance? {
        shares.map { allowance.part(leaving: $0.publication + $0.evaluation, atLeast: $0.least(0.15)) }
    }

    /// The time for the last snapshot.
    var publication: Allowance {
        shares.map { allowance.part(leaving: $0.evaluation, atLeast: $0.least(0.15)) } ?? allowance
    }

    /// The time for the metrics.
    var evaluation: Allowance { shares.map { allowance.part(leaving: 0, atLeast: $0.least(0.1)) } ?? allowance }

    /// When a step is to be left undone: only one that takes long.
    func interruption(ofStepWithin time: @autoclosure () -> Allowance) -> Allowance? {
        operationsPerStep > Self.longStep ? time() : nil
    }
}
