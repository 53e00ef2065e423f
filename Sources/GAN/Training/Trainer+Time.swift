import NeuralNetwork

/// How a training keeps to its time.
extension Trainer {
    /// Floating-point operations of a step that takes so long that nobody would wait for its end.
    private static let longStep = 20_000_000_000

    /// How the time is shared out; `nil` where it has no end.
    var shares: TimeShares? {
        guard allowance.isLimited else { return nil }
        let family = specification.resolvedFamily
        return TimeShares(
            seconds: allowance.seconds, makesRecords: family.makesRecords,
            scorerSteps: family.isCalibrated ? scorerSteps : 0, stepSeconds: stepSeconds)
    }

    /// Seconds since the first step began.
    private var taken: Double { began.map { allowance.elapsed - $0 } ?? 0 }

    /// Takes note of how long steps take, where that matters.
    func countStep() {
        stepsTaken += 1
        if allowance.isLimited { stepSeconds = taken / Double(stepsTaken) }
    }

    /// The time of the first phase: what is left by those behind it.
    var trainingTime: Allowance {
        guard let shares else { return allowance }
        return allowance.part(
            leaving: shares.calibration + shares.scoring + shares.publication + shares.evaluation,
            atLeast: shares.least(0.25) - taken)
    }

    /// How much of the way to the end of its last step the training has come, by its steps or its time, from 0 to 1.
    package var fraction: Double {
        let all = specification.resolvedFamily.isCalibrated ? Self.trainingShare : 1
        switch phase {
        case .trial: return 0
        case .adversarial:
            let steps = Double(step) / Double(max(1, specification.steps))
            return all * max(steps, began.map(trainingTime.share) ?? 0)
        case .scoring: return all + (1 - all) * Double(scorerProgress)
        case .finished: return 1
        }
    }

    /// What the first phase takes of both, about.
    private static let trainingShare = 0.8

    /// When a step is to be left undone: only one that takes long.
    func interruption(ofStepWithin time: @autoclosure () -> Allowance) -> Allowance? {
        operationsPerStep > Self.longStep ? time() : nil
    }

    /// Sets the last layer right, as far as there is time.
    ///
    /// - Returns: whether there was.
    func calibrate(_ networks: Networks, _ average: inout [Float]) throws(Allowance.Interruption) -> Bool {
        var time = allowance
        if let shares {
            time = allowance.part(
                leaving: shares.scoring + shares.publication + shares.evaluation, atLeast: shares.least(0.1))
        }
        return try OutputCalibration(
            networks: networks, numbers: encoder.numbers, real: training, random: random(.outputCalibration)
        ).adjust(&average, pieceRows: encoder.pieceRows(atMost: OutputCalibration.pieceRows), within: time)
    }
}
