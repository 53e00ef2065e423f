/// How the time of a training is shared out where it is limited. What a part leaves over goes to those behind it.
struct TimeShares {
    /// Of the whole training.
    let seconds: Double
    let makesRecords: Bool
    /// The steps of the scorer; 0 where there is none.
    let scorerSteps: Int
    /// The seconds that a step of the first phase takes.
    let stepSeconds: Double

    /// - Parameter need: seconds that are enough, with those of a hundred steps, for more time would be idle.
    private func share(_ share: Double, need: Double) -> Double { min(share * seconds, need + 100 * stepSeconds) }

    /// For setting the last layer right.
    var calibration: Double { makesRecords ? share(0.05, need: 0.5) : 0 }
    /// For the scorer, whose steps take no longer than those of the first phase.
    var scoring: Double { min(0.2 * seconds, Double(scorerSteps) * stepSeconds) }
    /// For the last snapshot.
    var publication: Double { share(makesRecords ? 0.1 : 0.05, need: 5) }
    /// For the report and the metrics.
    var evaluation: Double { share(0.1, need: 15) }

    /// What a part has even where the time is over.
    func least(_ share: Double) -> Double { min(share * seconds, 1) }
}
