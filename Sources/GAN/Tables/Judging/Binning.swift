import Formats

/// How tables of the same columns are binned.
struct Binning {
    private enum Kind {
        /// Upper edges, ascending.
        case number([Double], TimeFormat?)
        /// The bins of texts; others are in the last but one.
        case text([ByteText: UInt8])
    }

    /// Places and kinds of the columns that there is something to compare of.
    private let kinds: [(place: Int, kind: Kind, binCount: Int)]
    private static let maximumBins = 64

    /// - Parameter reference: the table whose quantiles and frequencies count.
    init(_ reference: Table, schema: Schema) {
        kinds = zip(schema.columns, reference.columns).enumerated().compactMap { place, pair in
            let (described, column) = pair
            switch ColumnReading(described, of: column) {
            case nil: return nil
            case .numbers(let format)?:
                let values = ColumnReading.sortedNumbers(column, format)
                guard !values.isEmpty else { return nil }
                var edges: [Double] = []
                for bin in 1..<Self.maximumBins - 1 {
                    let edge = values[bin * values.count / (Self.maximumBins - 1)]
                    if edge != edges.last { edges.append(edge) }
                }
                // The last bin is for what is missing.
                return (place, .number(edges, format), edges.count + 2)
            case .texts?:
                var counts = [Int](repeating: 0, count: column.texts?.count ?? 0)
                for value in column.values where !value.isNaN { counts[Int(value)] += 1 }
                let texts = column.texts ?? []
                let frequent = texts.indices.sorted { (counts[$1], texts[$0]) < (counts[$0], texts[$1]) }
                    .prefix(Self.maximumBins - 2)
                var bins: [ByteText: UInt8] = [:]
                for (bin, text) in frequent.enumerated() { bins[texts[text]] = UInt8(bin) }
                return (place, .text(bins), bins.count + 2)
            }
        }
    }

    /// The places of the binned columns in the table.
    var places: [Int] { kinds.map(\.place) }

    func bin(_ table: Table) -> BinnedTable {
        BinnedTable(
            columns: kinds.map { place, kind, count in
                let column = table.columns[place]
                let missing = UInt8(count - 1)
                switch kind {
                case .number(let edges, let format):
                    let bins = ColumnReading.numbers(column, format).map { value in
                        value.isNaN ? missing : UInt8(edges.partitionIndex { $0 > value })
                    }
                    return BinnedTable.Column(bins: bins, binCount: count, isCategory: false)
                case .text(let places):
                    let codes = (column.texts ?? []).map { places[$0] ?? UInt8(count - 2) }
                    let bins = column.values.map { $0.isNaN ? missing : codes[Int($0)] }
                    return BinnedTable.Column(bins: bins, binCount: count, isCategory: true)
                }
            })
    }
}
