extension [Double] {
    /// The numbers that are not missing, ascending. One copy: each of a long column is as large as the data.
    var sortedPresent: [Double] {
        var present = self
        present.removeAll(where: \.isNaN)
        present.sort()
        return present
    }
}
