/// One column of a table: numbers, or texts by their places in a list.
package struct Column: Sendable, Equatable, Codable {
    package var name: ByteText
    /// NaN stands for a missing value.
    package var values: [Double]
    /// Digits after the point that carry meaning; `nil` writes whatever tells the value from its neighbours.
    package var decimals: Int?
    /// The texts that the values are places in, counted from 0; `nil` for a column of numbers.
    package var texts: TextList?
    /// Whether the texts are `false` and `true`, which JSON writes without quotes.
    package var isBoolean: Bool

    package init(
        name: ByteText, values: [Double], decimals: Int? = nil, texts: TextList? = nil, isBoolean: Bool = false
    ) {
        self.name = name
        self.values = values
        self.decimals = decimals
        self.texts = texts
        self.isBoolean = isBoolean
    }

    package init(
        name: ByteText, values: [Double], decimals: Int? = nil, texts: [ByteText], isBoolean: Bool = false
    ) {
        self.init(name: name, values: values, decimals: decimals, texts: TextList(texts), isBoolean: isBoolean)
    }

    /// The column under another name.
    package func renamed(_ name: ByteText) -> Column {
        var column = self
        column.name = name
        return column
    }

    /// The column with those texts only that its values are places of.
    fileprivate var withoutUnusedTexts: Column {
        guard let texts else { return self }
        guard texts.count < 8 * values.count else { return withFewTexts(of: texts) }
        var places = [Double](repeating: -1, count: texts.count)
        var used = TextList([])
        let values = values.map { value in
            guard !value.isNaN else { return value }
            if places[Int(value)] < 0 {
                places[Int(value)] = Double(used.count)
                used.append(contentsOf: CollectionOfOne(texts[Int(value)]))
            }
            return places[Int(value)]
        }
        return Column(name: name, values: values, decimals: decimals, texts: used, isBoolean: isBoolean)
    }

    /// The same where there are so many texts that it takes long to look at each.
    private func withFewTexts(of texts: TextList) -> Column {
        var places: [Double: Double] = [:]
        var used = TextList([])
        let values = values.map { value in
            guard !value.isNaN else { return value }
            if let place = places[value] { return place }
            let place = Double(used.count)
            places[value] = place
            used.append(contentsOf: CollectionOfOne(texts[Int(value)]))
            return place
        }
        return Column(name: name, values: values, decimals: decimals, texts: used, isBoolean: isBoolean)
    }

    /// The column with other values of the same kind.
    package func holding(_ values: [Double]) -> Column {
        var column = self
        column.values = values
        return column
    }

    /// The column with other texts.
    package func holding(texts: TextList?) -> Column {
        var column = self
        column.texts = texts
        return column
    }

    /// Adds the values of a column of the same kind behind these, and the texts where they are other ones.
    package mutating func append(_ next: Column) {
        let isSame = next.texts == texts
        let first = Double(texts?.count ?? 0)
        values += texts == nil || isSame ? next.values : next.values.map { $0 + first }
        if !isSame, let more = next.texts { texts?.append(contentsOf: more) }
    }

    /// A column of numbers as one of their texts.
    package func asTexts() -> Column {
        guard texts == nil else { return self }
        let numbers = Array(Set(values.lazy.filter { !$0.isNaN })).sorted()
        let places = Dictionary(placesOf: numbers)
        let texts = numbers.map { ByteText(String($0, decimals: decimals)) }
        return Column(name: name, values: values.map { places[$0].map(Double.init) ?? .nan }, texts: texts)
    }

    package static let booleanTexts: [ByteText] = ["false", "true"]
}

/// Rows of numbers and texts, kept by column.
package struct Table: Sendable, Equatable {
    /// How a row stands in JSON: `1.5`, `[1.5, 2]` or `{"x": 1.5, "y": 2}`.
    package enum Orientation: String, Sendable, Codable {
        case numbers, rows, records
    }

    /// At least one, all of the same length.
    package let columns: [Column]
    package let orientation: Orientation

    package init(columns: [Column], orientation: Orientation) {
        precondition(columns.allSatisfy { $0.values.count == columns[0].values.count }, "columns differ in length")
        precondition(orientation != .numbers || columns.count == 1, "rows of several columns are not numbers")
        self.columns = columns
        self.orientation = orientation
    }

    package var rowCount: Int { columns.first?.values.count ?? 0 }
    /// The memory that values and texts take.
    package var byteCount: Int {
        columns.reduce(0) { $0 + 8 * $1.values.count + ($1.texts?.byteCount ?? 0) }
    }
    package var names: [ByteText] { columns.map(\.name) }

    /// The rows of several tables, one after the other. Columns of texts keep those of every part, which may repeat.
    package init(joining parts: [Table]) {
        precondition(!parts.isEmpty, "there is nothing to join")
        let columns = parts[0].columns.indices.map { index in
            var column = parts[0].columns[index]
            for part in parts.dropFirst() { column.append(part.columns[index]) }
            return column
        }
        self.init(columns: columns, orientation: parts[0].orientation)
    }

    /// A name for one more column: the given one, or where it is taken, one like it.
    package func unusedName(_ name: ByteText) -> ByteText {
        names.contains(name) ? unusedName("\(name)_") : name
    }

    /// The table with those texts only that its rows have.
    package var withoutUnusedTexts: Table {
        Table(columns: columns.map(\.withoutUnusedTexts), orientation: orientation)
    }

    /// The table of some of the rows, in the order given.
    package func rows(_ indices: [Int]) -> Table {
        Table(
            columns: columns.map { column in column.holding(indices.map { column.values[$0] }) },
            orientation: orientation)
    }
}
