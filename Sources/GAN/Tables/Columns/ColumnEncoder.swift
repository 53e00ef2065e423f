/// A column's coder of whatever kind, as manifests have it: `{"time": {…}}`.
struct ColumnEncoder: Sendable, Equatable, Codable {
    let coder: any ColumnCoder

    /// The kinds of columns, in the order in which they are asked whether a column is one of theirs: the last takes any.
    static let kinds: [any ColumnCoder.Type] = [
        CombinationColumn.self,
        DerivedColumn.self,
        DifferenceColumn.self,
        NumberColumn.self,
        TimeColumn.self,
        SequenceColumn.self,
        IdentifierColumn.self,
        CategoryColumn.self,
    ]

    init(_ coder: any ColumnCoder) { self.coder = coder }

    /// The coder of a column of a table of records: of the first kind that takes it.
    static func learned(
        _ index: Int, of building: RecordsBuilding, after earlier: [any ColumnCoder]
    ) -> any ColumnCoder {
        for kind in kinds {
            if let coder = kind.learned(index, of: building, after: earlier) { return coder }
        }
        preconditionFailure("the last kind takes any column")
    }

    static func == (first: Self, second: Self) -> Bool { first.coder.isEqual(to: second.coder) }

    /// A kind by its name.
    private struct Key: CodingKey {
        let stringValue: String
        let type: any ColumnCoder.Type
        var intValue: Int? { nil }

        init(_ type: any ColumnCoder.Type) {
            self.type = type
            stringValue = type.kind
        }

        init?(stringValue: String) {
            guard let type = kinds.first(where: { $0.kind == stringValue }) else { return nil }
            self.init(type)
        }

        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.typeMismatch(
                Self.self,
                DecodingError.Context(codingPath: container.codingPath, debugDescription: "a column is of one kind"))
        }
        coder = try container.decode(key.type, forKey: key)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(coder, forKey: Key(type(of: coder)))
    }
}
