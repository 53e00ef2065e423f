package import Formats
import Glibc
import NeuralNetwork

/// How good a model's samples are and how close they come to its data, for those who are to use them.
///
/// Each figure stands between what columns on their own come to, each drawn independently of the others, and what real
/// rows that the training has not seen come to.
package struct Report: Sendable, Equatable, Codable {
    package struct Figure: Sendable, Equatable, Codable {
        package var value: Double?
        /// The same of independent columns.
        package var floor: Double?
        /// The same of held-out rows.
        package var ceiling: Double?

        package init(value: Double?, floor: Double? = nil, ceiling: Double?) {
            self.value = value
            self.floor = floor
            self.ceiling = ceiling
        }
    }

    package struct Shape: Sendable, Equatable, Codable {
        package var column: ByteText
        package var score: Figure
        /// `nil` beyond the first columns.
        package var histogram: Histogram?
    }

    /// Shares of the rows by bins of numbers or by texts.
    package struct Histogram: Sendable, Equatable, Codable {
        package var labels: [ByteText]
        package var real: [Double]
        package var synthetic: [Double]
    }

    package struct Trend: Sendable, Equatable, Codable {
        package var first: ByteText
        package var second: ByteText
        package var score: Figure
    }

    /// How well a classifier that has learned from samples tells a column's most frequent text from the others, in held-out
    /// rows: the area under its ROC curve.
    package struct Usefulness: Sendable, Equatable, Codable {
        package var target: ByteText
        package var score: Figure
    }

    package var trainingRows: Int
    package var heldOutRows: Int
    package var syntheticRows: Int
    package var quality: Figure
    package var shapesScore: Figure
    package var trendsScore: Figure
    package var shapes: [Shape]
    /// The weakest first, and no more than can be looked at.
    package var trends: [Trend]
    /// The share of values within the range of the real ones, or among their texts.
    package var validity: Figure
    package var usefulness: Usefulness?
    /// The area under the ROC curve of a classifier that is to tell samples from real rows: 0.5 where it cannot.
    package var detection: Figure
    /// The median distance of a row to the closest that was learned from, by that of held-out rows.
    package var closestRecord: Figure
    /// The share of samples that are closer to a row that was learned from than to any of as many held-out ones: 0.5 where
    /// nothing was learned by heart.
    package var nearerToTraining: Double
    /// The area under the ROC curve of an attacker who takes rows that are close to a sample for rows that were learned
    /// from: 0.5 where he cannot tell.
    package var membership: Double
    /// The share of rows that equal one that was learned from.
    package var copies: Figure
}

extension Report {
    /// Whether it can be shown, whoever wrote it.
    package var isSound: Bool {
        trainingRows >= 0 && heldOutRows >= 0 && syntheticRows >= 0
            && shapes.compactMap(\.histogram).allSatisfy { histogram in
                histogram.labels.count == histogram.real.count && histogram.labels.count == histogram.synthetic.count
                    && (histogram.real + histogram.synthetic).allSatisfy { (0...1).contains($0) }
            }
    }

    private static let classifiedRows = 10_000
    private static let comparedRows = 1_000
    private static let searchedRows = 10_000
    private static let (plottedColumns, shownTrends) = (64, 200)

    /// The memory that one takes with its tables, in bytes: four of them, and of two at a time numbers and codes.
    static func bytes(rows: Int, columns: Int) -> Int { (4 + 4) * 8 * rows * columns }

    /// - Parameters:
    ///   - training, heldOut: the real rows.
    ///   - synthetic: samples, of the same columns.
    ///   - seed: of the independent columns.
    ///   - allowance: the time for all of it.
    package init(
        training: Table, heldOut: Table, synthetic: Table, schema: Schema, seed: UInt64,
        within allowance: Allowance = .unlimited
    ) throws(Allowance.Interruption) {
        let independent = Self.independent(training, count: synthetic.rowCount, seed: seed)
        (trainingRows, heldOutRows, syntheticRows) = (training.rowCount, heldOut.rowCount, synthetic.rowCount)
        func figure(_ measure: (Table) -> Double) -> Figure {
            Figure(value: measure(synthetic), floor: measure(independent), ceiling: measure(heldOut)).finite
        }

        var reports: [QualityReport] = []
        for table in [synthetic, independent, heldOut] {
            reports.append(try QualityReport(real: training, synthetic: table, schema: schema, within: allowance))
        }
        func summary(_ score: (QualityReport) -> Double) -> Figure { Figure(reports.map(score)) }
        quality = summary(\.score)
        shapesScore = summary(\.shapesScore)
        trendsScore = summary(\.trendsScore)
        let histograms = Dictionary(
            zip(schema.columns, training.columns.indices).prefix(Self.plottedColumns).compactMap { column, place in
                Histogram(column, real: training.columns[place], synthetic: synthetic.columns[place]).map {
                    (column.name, $0)
                }
            }, uniquingKeysWith: { first, _ in first })
        shapes = reports[0].shapes.enumerated().map { index, shape in
            Shape(
                column: shape.column, score: Figure(reports.map { $0.shapes[index].score }),
                histogram: histograms[shape.column])
        }
        // A pair counts by how it hangs together in the real table, but one of constant columns may be left out of one.
        var trends: [[ByteText]: [Double]] = [:]
        for (place, report) in reports.enumerated() {
            for trend in report.trends {
                trends[[trend.first, trend.second], default: [.nan, .nan, .nan]][place] = trend.score
            }
        }
        self.trends = trends.map { Trend(first: $0.key[0], second: $0.key[1], score: Figure($0.value)) }
            .sorted { ($0.score.value ?? 1, $0.first, $0.second) < ($1.score.value ?? 1, $1.first, $1.second) }
            .prefix(Self.shownTrends).map(\.self)
        try allowance.check()
        validity = figure { Self.validity(of: $0, in: training, schema) }

        let binning = Binning(training, schema: schema)
        let (real, made, alone, unseen) = (
            binning.bin(Self.spread(training, Self.classifiedRows)),
            binning.bin(Self.spread(synthetic, Self.classifiedRows)),
            binning.bin(Self.spread(independent, Self.classifiedRows)),
            binning.bin(Self.spread(heldOut, Self.classifiedRows))
        )
        var detections: [Double] = []
        for rows in [made, alone, unseen] { detections.append(try Self.detection(real, rows, within: allowance)) }
        detection = Figure(detections)
        usefulness = try Self.usefulness(
            [made, alone, real], test: binning.bin(heldOut), names: binning.places.map { schema.columns[$0].name },
            within: allowance)

        let proximity = Proximity(training, schema: schema)
        let learned = proximity.rows(Self.spread(training, Self.searchedRows))
        var distances: [Double] = []
        for table in [synthetic, independent, heldOut] {
            let rows = proximity.rows(Self.spread(table, Self.comparedRows))
            distances.append(Self.median(try Proximity.closest(rows, to: learned, within: allowance)))
        }
        closestRecord = Figure(distances.map { distances[2] > 0 ? $0 / distances[2] : .nan })
        // As many of either, so that neither has the closest row by its number.
        let count = min(Self.comparedRows, heldOut.rowCount, training.rowCount)
        let samples = proximity.rows(Self.spread(synthetic, Self.comparedRows))
        let (known, unknown) = (
            proximity.rows(Self.spread(training, count)), proximity.rows(Self.spread(heldOut, count))
        )
        nearerToTraining = TwoSample.shareBelow(
            try Proximity.closest(samples, to: known, within: allowance),
            try Proximity.closest(samples, to: unknown, within: allowance))
        let searched = proximity.rows(Self.spread(synthetic, Self.searchedRows))
        membership = Self.areaUnderCurve(
            positive: try Proximity.closest(known, to: searched, within: allowance).map { -$0 },
            negative: try Proximity.closest(unknown, to: searched, within: allowance).map { -$0 })
        try allowance.check()
        let keys = Set(Self.keys(training, schema))
        copies = figure { table in
            Double(Self.keys(table, schema).count(where: keys.contains)) / Double(max(table.rowCount, 1))
        }
    }

    /// Columns of the data, each in an order of its own.
    private static func independent(_ table: Table, count: Int, seed: UInt64) -> Table {
        let random = Random(seed: seed, stream: .evaluation)
        return Table(
            columns: table.columns.enumerated().map { place, column in
                column.holding(
                    (0..<count).map { row in
                        column.values[
                            min(
                                table.rowCount - 1,
                                Int(Double(random.uniform(row: row, index: place)) * Double(table.rowCount)))]
                    })
            }, orientation: table.orientation)
    }

    /// Rows at equal steps through all of them.
    private static func spread(_ table: Table, _ count: Int) -> Table {
        guard table.rowCount > count else { return table }
        return table.rows(evenSteps(count, through: table.rowCount))
    }

    private static func validity(of table: Table, in real: Table, _ schema: Schema) -> Double {
        var shares: [Double] = []
        for (described, (real, made)) in zip(schema.columns, zip(real.columns, table.columns)) {
            let isValid: (Int) -> Bool
            switch ColumnReading(described, of: real) {
            case nil: continue
            case .numbers(let format)?:
                let numbers = ColumnReading.sortedNumbers(real, format)
                guard let low = numbers.first, let high = numbers.last else { continue }
                let values = ColumnReading.numbers(made, format)
                isValid = { values[$0].isNaN || (low...high).contains(values[$0]) }
            case .texts?:
                let known = Set(real.texts ?? [])
                let isKnown = (made.texts ?? []).map(known.contains)
                isValid = { made.values[$0].isNaN || isKnown[Int(made.values[$0])] }
            }
            shares.append(Double((0..<table.rowCount).count(where: isValid)) / Double(max(table.rowCount, 1)))
        }
        return shares.reduce(0, +) / Double(shares.count)
    }

    /// Each half is judged by what was learned from the other.
    private static func detection(
        _ real: BinnedTable, _ made: BinnedTable, within allowance: Allowance
    ) throws(Allowance.Interruption) -> Double {
        let count = min(real.rowCount, made.rowCount)
        guard count >= 20, !real.columns.isEmpty else { return .nan }
        var (positive, negative): ([Float], [Float]) = ([], [])
        let halves = (0..<2).map { half in (0..<count).filter { $0 % 2 == half } }
        for half in 0..<2 {
            let (learned, judged) = (halves[half], halves[1 - half])
            let classifier = try GradientBoosting(
                real.rows(learned) + made.rows(learned),
                labels: learned.map { _ in true } + learned.map { _ in false }, within: allowance)
            positive += classifier.logits(real.rows(judged))
            negative += classifier.logits(made.rows(judged))
        }
        return areaUnderCurve(positive: positive, negative: negative)
    }

    /// Of the last column of texts that have a twentieth of the rows each way.
    ///
    /// - Parameter sources: samples, independent columns and real rows.
    private static func usefulness(
        _ sources: [BinnedTable], test: BinnedTable, names: [ByteText], within allowance: Allowance
    ) throws(Allowance.Interruption) -> Usefulness? {
        let target = test.columns.indices.last { place in
            let most = test.columns[place].bins.count { $0 == 0 }
            return test.columns[place].isCategory && most * 20 >= test.rowCount
                && (test.rowCount - most) * 20 >= test.rowCount
        }
        guard let target, test.columns.count > 1 else { return nil }
        // The first bin is that of the most frequent text.
        let (rest, actual) = test.taking(target)
        var scores: [Double] = []
        for source in sources {
            let (features, labels) = source.taking(target)
            let classifier = try GradientBoosting(features, labels: labels.bins.map { $0 == 0 }, within: allowance)
            let logits = classifier.logits(rest)
            scores.append(
                areaUnderCurve(
                    positive: zip(logits, actual.bins).filter { $1 == 0 }.map(\.0),
                    negative: zip(logits, actual.bins).filter { $1 != 0 }.map(\.0)))
        }
        return Usefulness(target: names[target], score: Figure(scores))
    }

    /// The chance that a positive score is above a negative one, ties counting half (Hanley & McNeil 1982).
    static func areaUnderCurve(positive: [Float], negative: [Float]) -> Double {
        let scores = (positive.map { ($0, true) } + negative.map { ($0, false) }).sorted { $0.0 < $1.0 }
        guard !positive.isEmpty, !negative.isEmpty else { return .nan }
        var (below, pairs, start) = (0.0, 0.0, 0)
        while start < scores.count {
            let end = scores[start...].firstIndex { $0.0 != scores[start].0 } ?? scores.count
            let (yes, all) = (scores[start..<end].count(where: \.1), end - start)
            pairs += Double(yes) * (below + Double(all - yes) / 2)
            below += Double(all - yes)
            start = end
        }
        return pairs / Double(positive.count) / Double(negative.count)
    }

    private static func median(_ squares: [Float]) -> Double {
        squares.isEmpty ? .nan : Double(squares.sorted()[squares.count / 2]).squareRoot()
    }

    /// A number that equal rows share.
    private static func keys(_ table: Table, _ schema: Schema) -> [Int] {
        let places = schema.columns.indices.filter { schema.columns[$0].kind != .identifier }
        return (0..<table.rowCount).map { row in
            var hasher = Hasher()
            for place in places {
                let column = table.columns[place]
                let value = column.values[row]
                if value.isNaN {
                    hasher.combine(0)
                } else if let texts = column.texts {
                    hasher.combine(texts[Int(value)])
                } else {
                    hasher.combine(value)
                }
            }
            return hasher.finalize()
        }
    }
}

extension Report.Figure {
    /// Of samples, independent columns and held-out rows.
    fileprivate init(_ values: [Double]) {
        (value, floor, ceiling) = (values[0], values[1], values[2])
        self = finite
    }

    /// JSON has no other numbers.
    fileprivate var finite: Report.Figure {
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        return Report.Figure(value: finite(value), floor: finite(floor), ceiling: finite(ceiling))
    }
}

extension Report.Histogram {
    private static let (bins, texts) = (20, 12)

    /// - Returns: `nil` for what there is nothing to draw of.
    fileprivate init?(_ schema: Schema.Column, real: Column, synthetic: Column) {
        let counts: (Column) -> [Double]
        switch ColumnReading(schema, of: real) {
        case nil: return nil
        case .numbers(let format)?:
            let sorted = ColumnReading.sortedNumbers(real, format)
            // The outermost hundredths are counted with their neighbours, so that no extreme row shows.
            guard sorted.count >= 100 else { return nil }
            let (low, high) = (sorted[sorted.count / 100], sorted[sorted.count - 1 - sorted.count / 100])
            guard low < high else { return nil }
            let (range, bins) = (low...high, Self.bins)
            labels = (0..<bins).map { bin in
                let middle = range.middle(ofBin: bin, among: bins)
                return ByteText(format?.text(middle) ?? Self.text(middle, in: range))
            }
            counts = { column in
                var counts = [Double](repeating: 0, count: bins)
                for value in ColumnReading.numbers(column, format) where !value.isNaN {
                    counts[range.bin(of: value, among: bins)] += 1
                }
                return counts
            }
        case .texts?:
            var frequencies: [ByteText: Int] = [:]
            for value in real.values where !value.isNaN { frequencies[real.texts?[Int(value)] ?? "", default: 0] += 1 }
            // A rare text is nobody's business.
            let shown = frequencies.filter { $0.value >= Schema.rareRows }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.texts).map(\.key)
            guard !shown.isEmpty else { return nil }
            labels = shown + ["…"]
            let places = Dictionary(placesOf: shown)
            counts = { column in
                var counts = [Double](repeating: 0, count: shown.count + 1)
                for value in column.values where !value.isNaN {
                    counts[places[column.texts?[Int(value)] ?? ""] ?? shown.count] += 1
                }
                return counts
            }
        }
        func shares(_ column: Column) -> [Double] {
            let counts = counts(column)
            let total = max(counts.reduce(0, +), 1)
            return counts.map { $0 / total }
        }
        (self.real, self.synthetic) = (shares(real), shares(synthetic))
    }

    /// As many digits as tell neighbouring bins apart.
    private static func text(_ value: Double, in range: ClosedRange<Double>) -> String {
        let step = range.upperBound / Double(bins) - range.lowerBound / Double(bins)
        return String(value, decimals: Int(clamping: max(0, 1 - Glibc.floor(log10(step)))))
    }
}
