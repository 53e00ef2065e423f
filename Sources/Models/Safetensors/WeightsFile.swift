package import Foundation
package import GAN

/// A model as one safetensors file: its networks, and in the header what they were made for and what they came from.
package struct WeightsFile: Sendable {
    /// Why bytes are not such a file.
    package enum Error: Swift.Error, Hashable {
        /// Not a safetensors file, or a damaged one.
        case format(Safetensors.Error)
        /// A safetensors file of something else, or of a model that could not work.
        case model(String)
    }

    /// Where a version comes from, as its file tells.
    package struct Provenance: Sendable, Hashable, Codable {
        package var model: String
        package var version: Int
        package var createdAt: Date
        package var step: Int
        package var seed: UInt64
        package var dataSHA256: String
        package var metrics: [String: Double]

        package init(
            model: String, version: Int, createdAt: Date, step: Int, seed: UInt64, dataSHA256: String,
            metrics: [String: Double]
        ) {
            self.model = model
            self.version = version
            self.createdAt = createdAt
            self.step = step
            self.seed = seed
            self.dataSHA256 = dataSHA256
            self.metrics = metrics
        }
    }

    package let snapshot: Snapshot
    package let provenance: Provenance
    /// How good its samples are; `nil` where nobody has judged them.
    package let report: Report?
    /// The manifest as JSON text.
    package let manifest: String
    package let bytes: [UInt8]

    private static let format = "gand"
    private static let (formatKey, manifestKey, provenanceKey) = ("format", "manifest", "provenance")
    private static let reportKey = "report"

    package init(_ snapshot: Snapshot, _ provenance: Provenance, report: Report? = nil) throws {
        self.snapshot = snapshot
        self.provenance = provenance
        self.report = report
        var metadata = [
            Self.formatKey: Self.format, Self.provenanceKey: try StoredJSON.encoded(provenance, dates: .text),
        ]
        metadata[Self.reportKey] = try report.map { try StoredJSON.encoded($0) }
        manifest = try StoredJSON.encoded(snapshot.manifest)
        metadata[Self.manifestKey] = manifest
        bytes = try Safetensors(
            tensors: snapshot.tensors.map {
                Safetensors.Tensor(name: $0.name, shape: $0.shape, values: .float32($0.values))
            },
            metadata: metadata
        ).encoded()
    }

    /// Reads what somebody brings; everything is checked.
    package init(_ bytes: [UInt8]) throws(Error) {
        let file: Safetensors
        do { file = try Safetensors(contentsOf: bytes) } catch { throw .format(error) }
        guard file.metadata[Self.formatKey] == Self.format, let manifest = file.metadata[Self.manifestKey] else {
            throw .model("its header does not tell that it is a model of gand")
        }
        guard let decoded = try? StoredJSON.decoded(Snapshot.Manifest.self, manifest) else {
            throw .model("the manifest in its header cannot be read")
        }
        guard let told = file.metadata[Self.provenanceKey],
            let provenance = try? StoredJSON.decoded(Provenance.self, told, dates: .text), provenance.isSound
        else { throw .model("the provenance in its header cannot be read") }
        var tensors: [String: (shape: [Int], values: [Float])] = [:]
        for tensor in file.tensors {
            guard case .float32(let values) = tensor.values else {
                throw .model("the tensor \(tensor.name) is not F32")
            }
            tensors[tensor.name] = (tensor.shape, values)
        }
        do throws(ManifestError) {
            snapshot = try Snapshot(checking: decoded, tensors: tensors)
        } catch {
            throw .model(error.detail)
        }
        self.provenance = provenance
        self.manifest = manifest
        self.bytes = bytes
        do { report = try Self.report(file) } catch { throw .model("the report in its header cannot be read") }
    }

    /// The report in the header of a file that was published.
    static func report(_ file: Safetensors) throws -> Report? {
        guard let text = file.metadata[reportKey] else { return nil }
        let report = try StoredJSON.decoded(Report.self, text)
        guard report.isSound else { throw Error.model("the report does not add up") }
        return report
    }

    static func snapshot(_ file: Safetensors, manifest: String) throws -> Snapshot? {
        var tensors: [String: (shape: [Int], values: [Float])] = [:]
        for tensor in file.tensors {
            if case .float32(let values) = tensor.values { tensors[tensor.name] = (tensor.shape, values) }
        }
        return Snapshot(manifest: try StoredJSON.decoded(Snapshot.Manifest.self, manifest), tensors: tensors)
    }
}

extension WeightsFile.Provenance {
    private static let metricLimit = 256

    /// Whether all of it can be shown as it is.
    fileprivate var isSound: Bool {
        version > 0 && step >= 0 && seed < 1 << 53 && metrics.count <= Self.metricLimit
            && metrics.keys.allSatisfy { 1...64 ~= $0.utf8.count && $0.utf8.allSatisfy { 0x21...0x7E ~= $0 } }
            && dataSHA256.utf8.count == 64 && dataSHA256.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
            && model.utf8.count <= 64
    }
}
