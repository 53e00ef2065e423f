import Formats

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
            guard format.isKnown else { throw ManifestError("a format of times is unknown") }
            try number.checkTimes(unit: format.unit)
        case .difference(let encoder, let format):
            try encoder.check()
            guard let format else { break }
            guard format.isKnown else { throw ManifestError("a format of times is unknown") }
            try encoder.own.checkTimes(unit: format.unit, bounds: encoder.bounds)
        case .category(let category): try category.check()
        case .combination(let category, let combination):
            try category.check()
            guard !category.isBoolean, combination.columns.first == earlier.count,
                Set(combination.columns).count == combination.columns.count,
                combination.values.count == category.vocabulary.count,
                combination.values.allSatisfy({ value in
                    value.isNaN || Int(exactly: value).map(combination.texts.indices.contains) ?? false
                })
            else { throw ManifestError("a combination has texts that it cannot have") }
            try Self.checkDifferent(combination.texts)
        case .identifier(let pattern, let missing):
            try pattern.check()
            try Self.checkShare(missing)
        case .sequence(let start, let missing):
            guard abs(start) < 0x1p53 else { throw ManifestError("a sequence does not begin with a whole number") }
            try Self.checkShare(missing)
        case .derived(let source, let values, let texts, let decimals):
            guard earlier.indices.contains(source), let category = earlier[source].learnedCategory,
                category.vocabulary.count == values.count
            else {
                throw ManifestError("a column is derived from what is no category, or from other texts than it has")
            }
            try Self.checkDifferent(texts ?? [])
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

    private static func checkDifferent(_ texts: [ByteText]) throws(ManifestError) {
        guard Set(texts).count == texts.count else {
            throw ManifestError("a column that is derived or combined lists one of its texts twice")
        }
    }

    private static func checkShare(_ share: Double?) throws(ManifestError) {
        guard 0...1 ~= share ?? 0 else { throw ManifestError("more identifiers are missing than there are") }
    }
}

extension DifferenceEncoder {
    fileprivate func check() throws(ManifestError) {
        try own.check()
        try difference.check()
        let values = [bounds.lowerBound, bounds.upperBound] + own.masses + difference.masses
        guard !bases.isEmpty, 0...15 ~= decimals ?? 0, values.allSatisfy(\.isFinite) else {
            throw ManifestError("a column that is never below others is not described by numbers that make sense")
        }
    }
}

extension TableEncoder {
    /// Checks what columns say of one another.
    func checkRules() throws(ManifestError) {
        for column in columns {
            switch column.encoder {
            case .combination(_, let combination):
                guard combination.columns.allSatisfy(columns.indices.contains) else {
                    throw ManifestError("a combination is one of columns that there are not")
                }
            case .difference(let difference, let format):
                for base in difference.bases {
                    guard columns.indices.contains(base.column), columns[base.column].encoder.isComparable,
                        columns[base.column].encoder.format?.isDated == format?.isDated
                    else { throw ManifestError("a column is never below one that it cannot be compared with") }
                }
            case .number, .time, .category, .identifier, .sequence, .derived: continue
            }
        }
        var made = Set<Int>()
        for index in differences {
            guard case .difference(let difference, _) = columns[index].encoder else { continue }
            let bases = difference.bases.map(\.column).filter {
                if case .difference = columns[$0].encoder { true } else { false }
            }
            guard made.isSuperset(of: bases) else {
                throw ManifestError("columns are never below one another in a circle")
            }
            made.insert(index)
        }
    }
}

extension ColumnEncoder {
    /// Whether the column is one of numbers or times that others may be never below.
    fileprivate var isComparable: Bool {
        switch self {
        case .number, .time, .difference: true
        case .derived(_, _, let texts, _): texts == nil
        case .category, .combination, .identifier, .sequence: false
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
        guard isMapped, isBounded, scale.isFinite, scale > 1e-6, 0...15 ~= decimals ?? 0, masses.count <= Self.places,
            masses.allSatisfy(\.isFinite)
        else { throw ManifestError("a column of numbers is not described by numbers that make sense") }
    }

    /// Whether every value is a time that can be written: within ten thousand years of 1970.
    fileprivate func checkTimes(unit: Double, bounds outer: ClosedRange<Double>? = nil) throws(ManifestError) {
        let limit = 10_000 * 366 * 86_400 / unit
        var values = outer.map { [$0.lowerBound, $0.upperBound] } ?? []
        switch map {
        case .constant(let value): values.append(value)
        case .standard, .quantile:
            guard let bounds else { throw ManifestError("a column of times has no bounds") }
            values += [bounds.lowerBound, bounds.upperBound]
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
