package import Formats

/// What the columns of a table are.
package struct Schema: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Whole numbers.
        case integer
        case decimal
        case category
        case boolean
        /// A date, a time or both.
        case timestamp
        /// Another value in every row: made anew, never learned.
        case identifier
    }

    package struct Column: Sendable, Equatable, Codable {
        package let name: ByteText
        package let kind: Kind
        /// Rows without a value.
        package let missing: Int
        /// Different values.
        package let distinct: Int
        /// The category that this column is a function of.
        package internal(set) var derivedFrom: ByteText?
        package internal(set) var warning: String?
    }

    package internal(set) var columns: [Column]

    /// What a user may call the kinds; numbers are integers or decimals by their values.
    package static let typeNames = ["number", "category", "timestamp", "identifier"]

    /// A text has to stand in as many rows to be kept at all.
    static let rareRows = 5
}
