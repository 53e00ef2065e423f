package import Formats

extension Safetensors {
    /// A data set as one tensor a column, in the order of the columns, and two of the texts of each that has any: there may
    /// be as many of them as rows.
    package init(_ table: Table) throws {
        // The values and texts are those of the tensors; only what is said of them goes here.
        let columns = try StoredJSON.encoded(
            table.columns.map { $0.holding([]).holding(texts: $0.texts.map { _ in [] }) })
        try self.init(
            tensors: table.columns.enumerated().flatMap { index, column in
                let values = Tensor(
                    name: Self.columnName(index), shape: [column.values.count], values: .float64(column.values))
                guard let (bytes, lengths) = column.texts?.storage else { return [values] }
                return [
                    values,
                    Tensor(name: Self.textsName(index), shape: [bytes.count], values: .uint8(bytes)),
                    Tensor(name: Self.lengthsName(index), shape: [lengths.count], values: .float64(lengths)),
                ]
            },
            metadata: [
                "columns": columns, "orientation": table.orientation.rawValue,
            ])
    }

    /// The data set again.
    package func table() throws -> Table {
        let described = try StoredJSON.decoded([Column].self, metadata["columns"] ?? "")
        let values = Dictionary(tensors.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
        let columns = try described.enumerated().map { index, column in
            guard case .float64(let numbers)? = values[Self.columnName(index)] else {
                throw StoreError.corruptFile("data set")
            }
            // Former data sets have the texts among what is said of the columns.
            guard column.texts?.isEmpty == true, let stored = values[Self.textsName(index)] else {
                return column.holding(numbers)
            }
            guard case .uint8(let bytes) = stored, case .float64(let lengths)? = values[Self.lengthsName(index)],
                let texts = TextList(bytes: bytes, lengths: lengths)
            else { throw StoreError.corruptFile("data set") }
            return column.holding(numbers).holding(texts: texts)
        }
        guard let orientation = Table.Orientation(rawValue: metadata["orientation"] ?? "") else {
            throw StoreError.corruptFile("data set")
        }
        return Table(columns: columns, orientation: orientation)
    }

    private static func columnName(_ index: Int) -> String { "column.\(index)" }
    private static func textsName(_ index: Int) -> String { "texts.\(index)" }
    private static func lengthsName(_ index: Int) -> String { "lengths.\(index)" }
}
