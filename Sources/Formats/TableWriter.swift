/// Writes a table piece by piece, so that no more than a piece is ever held.
///
/// The pieces have the same columns. What they are cut from does not show in the bytes.
package protocol TableWriter: Sendable {
    mutating func append(_ piece: Table, to bytes: inout [UInt8])
}
