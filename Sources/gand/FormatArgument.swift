import ArgumentParser
import Formats

/// A format that a flag names, of those that a command may write.
protocol FormatArgument: ExpressibleByArgument {
    static var content: Format.Content { get }
    var format: Format { get }
    init(format: Format)
}

extension FormatArgument {
    private static var formats: [Format] { Format.writing(content) }

    init?(argument: String) {
        guard let format = Self.formats.first(where: { $0.name == argument }) else { return nil }
        self.init(format: format)
    }

    static var allValueStrings: [String] { formats.map(\.name).sorted() }
    var defaultValueDescription: String { format.name }
}

/// What rows are written as.
struct RowFormat: FormatArgument {
    static let content = Format.Content.rows
    let format: Format
}

/// What scores are written as.
struct ScoreFormat: FormatArgument {
    static let content = Format.Content.scores
    let format: Format
}
