/// Places between two finite numbers however far apart they are: their difference may be beyond all doubles.
extension ClosedRange<Double> {
    /// How far on the way from the lower to the upper bound a number is: 0 to 1, and beyond outside.
    package func share(of number: Double) -> Double {
        let length = upperBound - lowerBound
        guard length.isFinite else { return (number / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2) }
        return (number - lowerBound) / length
    }

    /// The number at a share of the way from the lower to the upper bound.
    package func number(at share: Double) -> Double {
        let length = upperBound - lowerBound
        return length.isFinite ? lowerBound + share * length : lowerBound * (1 - share) + upperBound * share
    }

    /// What is amid a bin, of so many of equal width.
    package func middle(ofBin bin: Int, among count: Int) -> Double {
        let width = (upperBound - lowerBound) / Double(count)
        let place = Double(bin) + 0.5
        return width.isNormal ? lowerBound + place * width : number(at: place / Double(count))
    }

    /// The bin of a number, of so many of equal width; what is outside is in the first or the last.
    package func bin(of number: Double, among count: Int) -> Int {
        let width = (upperBound - lowerBound) / Double(count)
        let place = width.isNormal ? (number - lowerBound) / width : share(of: number) * Double(count)
        return Swift.min(Swift.max(Int(clamping: place), 0), count - 1)
    }
}
