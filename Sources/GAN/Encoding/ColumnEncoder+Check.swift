import Formats

/// Why what somebody else has put together is not a model.
package struct ManifestError: Error, Equatable {
    package let detail: String

    init(_ detail: String) { self.detail = detail }
}

extension ColumnEncoder {
    /// Digits after the point that a double can have.
    private static let decimals = 0...15

    /// Checks all that encoding and decoding rely on.
    ///
    /// - Parameter earlier: the encoders of the columns before this one.
    func check(after earlier: [ColumnEncoder]) throws(ManifestError) {
        switch self {
        case .number(let number): try number.check()
        case .time(let number, let format):
            try number.check()
            guard TimeFormat.known.contains(format) else { throw ManifestError("a format of times is unknown") }
            try number.checkTimes(unit: format.unit)
        case .category(let category): try category.check()
        case .identifier(let pattern): try pattern.check()
        case .sequence(let start):
            guard abs(start) < 0x1p53 else { throw ManifestError("a sequence does not begin with a whole number") }
        case .derived(let source, let values, let texts, let decimals):
            guard earlier.indices.contains(source), case .category(let category) = earlier[source],
                category.vocabulary.count == values.count
            else {
                throw ManifestError("a column is derived from what is no category, or from other texts than it has")
            }
            let isSound = values.allSatisfy { value in
                guard !value.isNaN else { return true }
                guard let texts else { return value.isFinite }
                return Int(exactly: value).map(texts.indices.contains) ?? false
            }
            guard isSound, decimals.map(Self.decimals.contains) ?? true else {
                throw ManifestError("a derived column has values that it cannot have")
            }
        }
    }
}

extension NumberEncoder {
    private static let places = 64

    fileprivate func check() throws(ManifestError) {
        let isMapped =
            switch map {
            case .standard(let mean, let deviation): mean.isFinite && deviation.isFinite && deviation > 0
            case .quantile(let map): map.isSound
            case .constant(let value): value.isFinite
            }
        let isBounded = bounds.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true
        guard isMapped, isBounded, scale.isFinite, scale > 1e-6, 0...15 ~= decimals, masses.count <= Self.places,
            masses.allSatisfy(\.isFinite)
        else { throw ManifestError("a column of numbers is not described by numbers that make sense") }
    }

    /// Whether every value is a time that can be written: within ten thousand years of 1970.
    fileprivate func checkTimes(unit: Double) throws(ManifestError) {
        let limit = 10_000 * 366 * 86_400 / unit
        let values: [Double]
        switch map {
        case .constant(let value): values = [value]
        case .standard, .quantile:
            guard let bounds else { throw ManifestError("a column of times has no bounds") }
            values = [bounds.lowerBound, bounds.upperBound]
        }
        guard (values + masses).allSatisfy({ abs($0) <= limit }) else {
            throw ManifestError("a column of times has values that are none")
        }
    }
}

extension QuantileMap {
    private static let knotLimit = 100_000

    fileprivate var isSound: Bool {
        2...Self.knotLimit ~= knots.count && knots.allSatisfy(\.isFinite)
            && zip(knots, knots.dropFirst()).allSatisfy(<=)
    }
}
