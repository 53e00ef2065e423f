extension [Double] {
    /// The numbers that are not missing, ascending. One copy: each of a long column is as large as the data.
    var sortedPresent: [Double] {
        var present = self
        present.removeAll(where: \.isNaN)
        present.sort()
        return present
    }

    /// How many different numbers there are among ascending ones.
    var distinctCount: Int {
        zip(self, dropFirst()).reduce(isEmpty ? 0 : 1) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    }
}
