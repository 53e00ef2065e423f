package import Formats

/// A picture of one or two columns: a histogram, bars or points.
package enum Plot {
    package static func text(of table: Table, columns names: [ByteText], width: Int) throws(Fault) -> String {
        let columns = try names.map { name throws(Fault) in
            guard let column = table.columns.first(where: { $0.name == name }) else {
                throw Fault.usage(
                    "there is no column \(name); the columns are \(table.names.map(\.string).joined(separator: ", "))")
            }
            return column
        }
        switch columns.count {
        case 1:
            let column = columns[0]
            guard let texts = column.texts else {
                return Histogram(column.values, limit: max(8, min(60, width - 10))).text(
                    title: column.name.string.printable, width: width)
            }
            return BarChart(column.values.map { $0.isNaN ? nil : texts[Int($0)] }).text(
                title: column.name.string.printable, width: width)
        case 2:
            if let texts = columns.first(where: { $0.texts != nil }) {
                throw .usage("\(texts.name) is a column of texts: two columns are drawn as points, which need numbers")
            }
            return ScatterPlot(columns[0].values, columns[1].values)
                .text(title: "\(columns[1].name) over \(columns[0].name)".printable, width: width)
        default: throw .usage("--plot takes one column or two")
        }
    }
}
