import Formats

/// How a column of numbers becomes floats, and back.
///
/// What is left of point masses and missing values goes through a map to about N(0, 1); point masses and missing values
/// have places of their own, one of which is set to 1, in a span beside it.
struct NumberEncoder: Sendable, Equatable, Codable {
    /// How the values that are no point masses are mapped.
    enum Map: Sendable, Equatable, Codable {
        /// (value − mean) / deviation.
        case standard(mean: Double, deviation: Double)
        case quantile(QuantileMap)
        /// The only value there is; whatever differs is far away from it.
        case constant(Double)
    }

    let map: Map
    /// What codes are multiplied by, so that they suit the other spans.
    let scale: Float
    /// Digits after the point; `nil` where each number has seven digits, wherever its point is.
    let decimals: Int?
    /// No value lies outside.
    let bounds: ClosedRange<Double>?
    /// Values that have places of their own.
    let masses: [Double]
    let hasMissing: Bool

    private init(
        _ map: Map, scale: Float = 1, decimals: Int?, bounds: ClosedRange<Double>? = nil, masses: [Double] = [],
        hasMissing: Bool = false
    ) {
        self.map = map
        self.scale = scale
        self.decimals = decimals
        self.bounds = bounds
        self.masses = masses
        self.hasMissing = hasMissing
    }

    /// Values as they are.
    static let passing = NumberEncoder(.standard(mean: 0, deviation: 1), decimals: 7)

    /// One float a value: standardised where that makes the column about normal, else by its quantiles.
    ///
    /// - Parameter alone: whether there is no other column that this one depends on. The map of one that depends on others
    ///   keeps the shape that they have together, unless the column is discrete or has long tails.
    init(dense values: [Double], alone: Bool) {
        let (mean, deviation) = values.moments
        let decimals = Precision.decimals(
            of: values, exact: Precision.decimals(of: values), deviation: deviation)
        guard deviation > 0 || values.contains(where: { $0 != values[0] }) else {
            self.init(.constant(values.first ?? 0), decimals: decimals)
            return
        }
        let sorted = Self.quantiles(values)
        // Numbers so close that their deviation is lost to rounding have ranks all the same.
        let standard = deviation > 0 ? sorted.map { ($0 - mean) / deviation } : []
        if standard.isEmpty {
            self.init(
                .quantile(QuantileMap(sorted: sorted, protecting: 0)), decimals: decimals,
                bounds: sorted[0]...sorted[sorted.count - 1])
        } else if alone ? Self.isNormal(standard) : Self.isPlain(standard) {
            self.init(.standard(mean: mean, deviation: deviation), decimals: decimals)
        } else {
            self.init(
                .quantile(QuantileMap(sorted: sorted, protecting: 0)), decimals: decimals,
                bounds: sorted[0]...sorted[sorted.count - 1])
        }
    }

    /// The values, ascending; of more than enough for every quantile some of them, with the least and the greatest.
    private static func quantiles(_ values: [Double]) -> [Double] {
        let enough = 1 << 18
        guard values.count > enough, let least = values.min(), let greatest = values.max() else {
            return values.sorted()
        }
        return ([least, greatest] + evenSteps(enough, through: values.count).map { values[$0] }).sorted()
    }

    /// A float for what is spread, and places for point masses and missing values.
    ///
    /// - Parameters:
    ///   - decimals: digits after the point that the values have; `nil` where they decide.
    ///   - protecting: how many rows at either end may not be told from one another.
    init(record values: [Double], decimals: Int? = nil, protecting: Int) {
        let present = values.sortedPresent
        let hasMissing = present.count < values.count
        let exact = decimals ?? Precision.decimals(of: present)
        guard let first = present.first, first < present[present.count - 1] else {
            self.init(
                .constant(present.first ?? 0), decimals: Precision.decimals(of: present, exact: exact, deviation: 0),
                hasMissing: hasMissing)
            return
        }
        let masses = Self.masses(of: present)
        let rest = masses.isEmpty ? present : present.filter { !masses.contains($0) }
        let deviation = rest.moments.deviation
        let digits = Precision.decimals(of: present, exact: exact, deviation: deviation)
        let protected = QuantileMap(sorted: rest, protecting: protecting)
        // Rounded as all values between them are, and no value of one row alone.
        let ends = [protected.knots[0], protected.knots[protected.knots.count - 1]].map {
            Precision.round($0, decimals: digits)
        }
        let outermost = (masses + ends).sorted()
        // Codes of half a deviation stand beside the ones and zeros of choices.
        self.init(
            rest[0] < rest[rest.count - 1] ? .quantile(protected) : .constant(rest[0]), scale: 0.5, decimals: digits,
            bounds: outermost[0]...outermost[outermost.count - 1], masses: masses, hasMissing: hasMissing)
    }

    /// Values that at least a twentieth of the rows have, and ten times as many as have one on average: up to seven, the
    /// most frequent first. One value at least is left for the map.
    private static func masses(of sorted: [Double]) -> [Double] {
        let distinct = sorted.distinctCount
        let least = max(Double(sorted.count) / 20, 10 * Double(sorted.count) / Double(distinct))
        var masses: [(value: Double, count: Int)] = []
        var start = 0
        while start < sorted.count {
            let end = sorted[start...].prefix { $0 == sorted[start] }.endIndex
            if Double(end - start) > least { masses.append((sorted[start], end - start)) }
            start = end
        }
        masses.sort { ($1.count, $0.value) < ($0.count, $1.value) }
        return masses.prefix(min(7, distinct - 1)).map(\.value)
    }

    /// Whether a column alone is as close to N(0, 1) as a sample of it: the Kolmogorov-Smirnov test at about 1 %.
    private static func isNormal(_ sorted: [Double]) -> Bool {
        let count = Double(sorted.count)
        var distance = 0.0
        for (index, value) in sorted.enumerated() {
            let probability = Normal.probability(below: value)
            distance = max(
                distance, abs(probability - Double(index) / count), abs(Double(index + 1) / count - probability))
        }
        return distance <= 1.63 / count.squareRoot()
    }

    /// Whether a column among others is continuous and without long tails: no value of more than a hundredth of the rows,
    /// a skewness up to 1.5 and a kurtosis up to 9.
    private static func isPlain(_ sorted: [Double]) -> Bool {
        var (third, fourth) = (0.0, 0.0)
        var (run, longest) = (0, 0)
        for (index, value) in sorted.enumerated() {
            third += value * value * value
            fourth += value * value * value * value
            run = index > 0 && sorted[index - 1] == value ? run + 1 : 1
            longest = max(longest, run)
        }
        let count = Double(sorted.count)
        return longest <= max(2, sorted.count / 100) && abs(third / count) <= 1.5 && fourth / count <= 9
    }

    /// The places of the span: "none of these", the masses, and "missing"; 0 where there is no span.
    var places: Int { masses.isEmpty && !hasMissing ? 0 : 1 + masses.count + (hasMissing ? 1 : 0) }

    /// What a value is made of.
    struct Code: Equatable {
        var number: Float = 0
        /// Which place of the span is set.
        var place = 0
    }

    /// Farther than that no row has to be told apart, and no product of weights overflows.
    private static let limit: Float = 1e9
    private static let greatest = Double.greatestFiniteMagnitude

    /// - Parameter point: for values that stand for an interval, where in it, 0 to 1.
    func encode(_ value: Double, point: Double) -> Code {
        if value.isNaN { return Code(place: hasMissing ? places - 1 : 0) }
        if let mass = masses.firstIndex(of: value) { return Code(place: 1 + mass) }
        switch map {
        case .standard(let mean, let deviation):
            let distance = value - mean
            let place = distance.isFinite ? distance / deviation : value / deviation - mean / deviation
            let code = Float(place) * scale
            return Code(number: min(max(code, -Self.limit), Self.limit))
        case .quantile(let map): return Code(number: map.code(value, point: point) * scale)
        case .constant(let constant):
            // Samples have it as it is written.
            let isSame = value == constant || value == decode(Code())
            return Code(number: isSame ? 0 : value < constant ? -Self.limit : Self.limit)
        }
    }

    func decode(_ code: Code) -> Double {
        if code.place > 0 { return code.place <= masses.count ? masses[code.place - 1] : .nan }
        let value =
            switch map {
            case .standard(let mean, let deviation):
                min(max(mean + deviation * Double(code.number / scale), -Self.greatest), Self.greatest)
            case .quantile(let map): map.value(code.number / scale)
            case .constant(let constant): constant
            }
        let rounded = Precision.round(value, decimals: decimals)
        return bounds.map { min(max(rounded, $0.lowerBound), $0.upperBound) } ?? rounded
    }
}

extension NumberEncoder {
    private static let knownPlaces = 64

    /// Checks all that encoding and decoding rely on.
    func check() throws(ManifestError) {
        let isMapped =
            switch map {
            case .standard(let mean, let deviation): mean.isFinite && deviation.isFinite && deviation > 0
            case .quantile(let map): map.isSound
            case .constant(let value): value.isFinite
            }
        let isBounded = bounds.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true
        guard isMapped, isBounded, scale.isFinite, scale > 1e-6, 0...15 ~= decimals ?? 0,
            masses.count <= Self.knownPlaces, masses.allSatisfy(\.isFinite)
        else { throw ManifestError("a column of numbers is not described by numbers that make sense") }
    }
}
