import Foundation
import GRDB

extension Store {
    /// Keeps where a job's training stands, in place of what was kept before. Whatever killed the process before did not
    /// keep the job from getting here.
    package func saveCheckpoint(_ checkpoint: Safetensors, ofJob id: String) throws {
        let path = try directory.checkpointPath(job: id)
        try reportingFullDisk {
            try Disk.write(to: path, through: directory.temporaryPath(), checkpoint.pieces.forEach)
            try database.write {
                try $0.execute(sql: "UPDATE job SET deaths = 0 WHERE id = ? AND deaths > 0", arguments: [id])
            }
        }
    }

    /// Where a job's training stood last, or nil if nothing was kept.
    package func checkpoint(ofJob id: String) throws -> Safetensors? {
        let path = try directory.checkpointPath(job: id)
        guard Disk.size(of: path) != nil else { return nil }
        return try Safetensors(contentsOf: Disk.read(path), finite: false)
    }
}
