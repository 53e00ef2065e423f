import Formats
import Foundation
package import GAN

/// What a job does, as it is kept with the job.
package struct Training: Sendable, Codable {
    package var specification: Specification
    package var maximumSeconds: Double?
    package var keepsData: Bool
    /// The version of the same model whose weights the training begins with; `nil` for random ones.
    package var startVersion: Int?

    package init(
        specification: Specification, maximumSeconds: Double? = nil, keepsData: Bool = false, startVersion: Int? = nil
    ) {
        self.specification = specification
        self.maximumSeconds = maximumSeconds
        self.keepsData = keepsData
        self.startVersion = startVersion
    }

    package init(of job: Job) throws {
        self = try JSONDecoder().decode(Training.self, from: Data(job.specification.utf8))
    }

    package func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension Safetensors {
    /// A data set as one tensor a column, in the order of the columns.
    init(_ table: Table) throws {
        // The values are those of the tensors; only what is said of them goes here.
        let columns = try JSONEncoder().encode(
            table.columns.map { $0.holding([]) })
        try self.init(
            tensors: table.columns.enumerated().map { index, column in
                Tensor(name: Self.columnName(index), shape: [column.values.count], values: .float64(column.values))
            },
            metadata: [
                "columns": String(decoding: columns, as: UTF8.self), "orientation": table.orientation.rawValue,
            ])
    }

    /// The data set again.
    func table() throws -> Table {
        let described = try JSONDecoder().decode([Column].self, from: Data((metadata["columns"] ?? "").utf8))
        let values = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.values) })
        let columns = try described.enumerated().map { index, column in
            guard case .float64(let numbers)? = values[Self.columnName(index)] else {
                throw Store.Error.corruptFile("data set")
            }
            return column.holding(numbers)
        }
        guard let orientation = Table.Orientation(rawValue: metadata["orientation"] ?? "") else {
            throw Store.Error.corruptFile("data set")
        }
        return Table(columns: columns, orientation: orientation)
    }

    private static func columnName(_ index: Int) -> String { "column.\(index)" }
}
