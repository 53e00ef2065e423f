/// How a column that is never below others becomes floats, and back.
///
/// The greatest of the others is the row's floor, and what is learned is how much the value is above it, so that whatever
/// a generator makes keeps the order.
struct DifferenceEncoder: Sendable, Equatable, Codable {
    /// A column that this one is never below.
    struct Base: Sendable, Equatable, Codable {
        let column: Int
        /// Whether it is never equal, either.
        let isStrict: Bool
    }

    let bases: [Base]
    /// The values themselves: their point masses and gaps, and all of those in rows without a floor.
    let own: NumberEncoder
    /// How much values are above their floors.
    let difference: NumberEncoder
    /// No value lies outside, unless its floor does.
    let bounds: ClosedRange<Double>
    /// Digits after the point that differences can have; `nil` where they have seven, wherever their point is.
    let decimals: Int?

    /// - Parameters:
    ///   - floors: the least that each value may be; NaN where anything may be.
    ///   - decimals: digits after the point that the values have; `nil` where they decide.
    init(_ values: [Double], floors: [Double], bases: [Base], decimals: Int? = nil, protecting rows: Int) {
        self.bases = bases
        let own = NumberEncoder(record: values, decimals: decimals, protecting: rows)
        self.own = own
        let middle = own.decode(NumberEncoder.Code())
        bounds = own.bounds ?? middle...middle
        let digits = Precision.decimals(of: values + floors) ?? (own.decimals == nil ? nil : 15)
        self.decimals = digits
        let spread = zip(values, floors).filter { value, floor in
            !value.isNaN && !floor.isNaN && !own.masses.contains(value)
        }
        difference = NumberEncoder(
            record: spread.map { Self.difference($0, $1, decimals: digits) }, protecting: rows)
    }

    /// The places of the span: "none of these", the masses of values and those of differences, and "missing"; 0 where there
    /// is no span.
    var places: Int {
        let count = own.masses.count + difference.masses.count + (own.hasMissing ? 1 : 0)
        return count == 0 ? 0 : 1 + count
    }

    func encode(_ value: Double, floor: Double, point: Double) -> NumberEncoder.Code {
        if value.isNaN { return NumberEncoder.Code(place: own.hasMissing ? places - 1 : 0) }
        if let mass = own.masses.firstIndex(of: value) { return NumberEncoder.Code(place: 1 + mass) }
        guard !floor.isNaN else { return own.encode(value, point: point) }
        var code = difference.encode(above(floor, value), point: point)
        if code.place > 0 { code.place += own.masses.count }
        return code
    }

    /// How much a value is above its floor.
    func above(_ floor: Double, _ value: Double) -> Double { Self.difference(value, floor, decimals: decimals) }

    /// A difference beyond all doubles is the greatest there is.
    private static func difference(_ value: Double, _ floor: Double, decimals: Int?) -> Double {
        let greatest = Double.greatestFiniteMagnitude
        return Precision.round(min(max(value - floor, -greatest), greatest), decimals: decimals)
    }

    func decode(_ code: NumberEncoder.Code, floor: Double) -> Double {
        if own.hasMissing, code.place > 0, code.place == places - 1 { return .nan }
        if 1..<1 + own.masses.count ~= code.place {
            let mass = own.masses[code.place - 1]
            if !(mass < floor) { return mass }
        }
        guard !floor.isNaN else { return own.decode(NumberEncoder.Code(number: code.number)) }
        // Hardly any values but missing ones had such a floor.
        if floor > bounds.upperBound, own.hasMissing { return .nan }
        let place = max(0, code.place - own.masses.count)
        let above = max(0, difference.decode(NumberEncoder.Code(number: code.number, place: place)))
        let value = Precision.round(
            min(max(floor + above, bounds.lowerBound), bounds.upperBound), decimals: own.decimals)
        guard value < floor else { return value }
        // Rounding has gone below the floor, which may have more digits.
        guard let decimals = own.decimals else { return floor }
        let power = Precision.power(decimals)
        let scaled = floor * power
        guard scaled.isFinite else { return floor }
        let next = Precision.round(scaled.rounded(.up) / power, power: power)
        return next < floor ? max(floor, Precision.round(next + 1 / power, power: power)) : next
    }
}

extension DifferenceEncoder {
    /// The least that each value may be.
    ///
    /// - Parameters:
    ///   - unit: of the values; the other columns' are divided by it.
    ///   - numbers: those of another column.
    static func floors(_ bases: [Base], unit: Double, _ numbers: (_ column: Int) -> [Double]) -> [Double] {
        var floors: [Double] = []
        for base in bases {
            let values = numbers(base.column).map { base.isStrict ? ($0 / unit).nextUp : $0 / unit }
            // What is missing bounds nothing.
            floors = floors.isEmpty ? values : zip(floors, values).map { Double.maximum($0, $1) }
        }
        return floors
    }

    /// Checks all that encoding and decoding rely on.
    func check() throws(ManifestError) {
        try own.check()
        try difference.check()
        let values = [bounds.lowerBound, bounds.upperBound] + own.masses + difference.masses
        guard !bases.isEmpty, 0...15 ~= decimals ?? 0, values.allSatisfy(\.isFinite) else {
            throw ManifestError("a column that is never below others is not described by numbers that make sense")
        }
    }
}
