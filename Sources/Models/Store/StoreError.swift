/// The refusals that a caller answers one by one; other errors come from the disk or the database.
package enum StoreError: Error, Hashable {
    case trainingInProgress(model: String)
    case queueFull(limit: Int)
    case jobNotFound(String)
    case modelNotFound(String)
    case versionNotFound(model: String, number: Int?)
    case versionExists(model: String, number: Int)
    case versionInUse(model: String, number: Int)
    case corruptFile(String)
    case invalidName(String)
    case jobNotResumable(String)
    case idempotencyKeyReused
    case preconditionFailed
    case insufficientStorage
}
