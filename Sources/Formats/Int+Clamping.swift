extension Int {
    /// The whole part of a number, whatever the number is: the least or the greatest integer where it is beyond all of
    /// them, and 0 where it is NaN. What data, a model or a request decide is no reason to end the process.
    package init(clamping number: Double) {
        self = Int(exactly: number.rounded(.towardZero)) ?? (number > 0 ? .max : number < 0 ? .min : 0)
    }
}
