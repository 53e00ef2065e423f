/// What accepting and publishing do, in this order; tests look at the disk before each step.
package enum StoreStep: Sendable, Hashable, CaseIterable {
    case writeFile, syncFile, renameFile, syncFolder, beginTransaction, commitTransaction, removeFiles
}
