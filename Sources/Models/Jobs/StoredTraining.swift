/// A training as its job keeps it: as JSON text, which stays byte for byte what it was, and is read in this one place.
struct StoredTraining: Sendable, Hashable {
    private let text: String
    /// `nil` where another gand wrote the text, of which this one cannot make a training.
    let training: Training?

    init(_ training: Training) throws {
        text = try StoredJSON.encoded(training)
        self.training = training
    }

    static func == (one: Self, other: Self) -> Bool { one.text == other.text }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension StoredTraining: Codable {
    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        training = try? StoredJSON.decoded(Training.self, text)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
