import GAN

/// Reckons how far a training is, how fast, and when there is something to tell of it.
struct Journal {
    let job: Job
    private let specification: Specification
    private let rows: Int
    /// How long the training had taken before this process took it up.
    private let before: Duration
    private let began = ContinuousClock.now
    private let firstStep: Int
    /// What is left of a job for its evaluation, about.
    private static let trainingShare = 0.95
    private var lastStep: Int
    private var lastEvent: ContinuousClock.Instant?

    init(of job: Job, specification: Specification, rows: Int, from step: Int, _ before: Duration) {
        self.job = job
        self.specification = specification
        self.rows = rows
        self.before = before
        firstStep = step
        lastStep = step
    }

    func elapsed(at now: ContinuousClock.Instant) -> Duration { before + (now - began) }

    func progress(_ trainer: Trainer, at now: ContinuousClock.Instant) -> Job.Progress {
        let seconds = (now - began) / .seconds(1)
        let batch = specification.batchSize
        return Job.Progress(
            step: trainer.step, steps: specification.steps, epoch: trainer.step * batch / rows,
            epochs: (specification.steps * batch + rows - 1) / rows,
            stepsPerSecond: seconds > 0 ? Double(trainer.step - firstStep) / seconds : 0,
            fraction: Self.trainingShare * trainer.fraction)
    }

    /// Steps since this was asked last.
    mutating func newSteps(_ step: Int) -> Int {
        defer { lastStep = step }
        return step - lastStep
    }

    /// Once a second, and in a long training once in a thousandth of the time that it has taken, so that there are some
    /// thousands of events of even the longest.
    mutating func isEventDue(at now: ContinuousClock.Instant) -> Bool {
        let interval = max(.seconds(1), elapsed(at: now) / 1000)
        if let lastEvent, now - lastEvent < interval { return false }
        lastEvent = now
        return true
    }
}
