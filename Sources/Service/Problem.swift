import Formats
import GAN
import HTTP
import HTTPTypes
import Models

/// Why a request is refused: an RFC 9457 problem. Never holds a value of the data, a path or a stack.
struct Problem: Error, Sendable {
    var status: Int
    /// Stable, for programs.
    var code: String
    var detail: String
    var hint: String?
    var pointer: String?
    var retryAfter: Int?
    var allowed: String?
    /// Whether the connection ends with the answer.
    var closesConnection: Bool

    init(
        _ status: Int, _ code: String, _ detail: String, hint: String? = nil, pointer: String? = nil,
        retryAfter: Int? = nil, allowed: String? = nil, closesConnection: Bool = false
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.pointer = pointer
        self.retryAfter = retryAfter
        self.allowed = allowed
        self.closesConnection = closesConnection
    }

    /// There is nothing yet to sample or to score with.
    ///
    /// - Parameter isExpected: whether a job of the model waits or runs.
    static func noSnapshot(isExpected: Bool) -> Problem {
        isExpected
            ? Problem(503, "model_not_ready", "the model's training has not come to its first snapshot", retryAfter: 1)
            : Problem(404, "model_not_found", "the model has no version", hint: "POST /train makes one")
    }

    /// The statuses with their phrases, which HTTPTypes does not give for a bare code.
    private static let statuses: [Int: HTTPResponse.Status] = {
        let known: [HTTPResponse.Status] = [
            .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .notAcceptable, .requestTimeout,
            .conflict, .preconditionFailed, .rangeNotSatisfiable, .contentTooLarge, .uriTooLong, .unsupportedMediaType,
            .expectationFailed,
            .unprocessableContent, .tooManyRequests, .requestHeaderFieldsTooLarge, .internalServerError,
            .notImplemented, .serviceUnavailable, .httpVersionNotSupported,
            .init(code: 507, reasonPhrase: "Insufficient Storage"),
        ]
        return Dictionary(uniqueKeysWithValues: known.map { ($0.code, $0) })
    }()

    func response(requestID: String) -> Response {
        let status = Self.statuses[status] ?? HTTPResponse.Status(code: status)
        var fields: HTTPFields = [.contentType: "application/problem+json"]
        if let retryAfter { fields[.retryAfter] = String(retryAfter) }
        if let allowed { fields[.allow] = allowed }
        var response = jsonResponse(status: status, fields: fields) { writer in
            writer.member("type", "about:blank")
            writer.member("title", status.reasonPhrase)
            writer.member("status", self.status)
            writer.member("detail", detail)
            writer.member("code", code)
            writer.member("hint", hint)
            if let pointer {
                writer.key("errors")
                writer.array { writer in
                    writer.object { writer in
                        writer.member("pointer", pointer)
                        writer.member("detail", detail)
                    }
                }
            }
            writer.member("request_id", requestID)
        }
        response.closesConnection = closesConnection
        return response
    }
}

extension Problem {
    /// What an error of the layers below means to a client.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as FormatError: self.init(error)
        case let error as SpecificationError: self.init(error)
        case let error as Store.Error: self.init(error)
        case let error as WeightsFile.Error: self.init(error)
        case is CancellationError: self.init(Self.abandoned)
        case is ShuttingDown: self.init(503, "draining", "the server is shutting down", retryAfter: 5)
        case let error as Jobs.NotActive:
            self.init(409, "job_not_active", "the job is over: \(error.job.status.rawValue)")
        default: self.init(500, "internal", "the server failed; its log says more under this request id")
        }
    }

    /// What nobody waits for is not made.
    static let abandoned = FormatError(.abandoned, "the client ended the connection before there was an answer")

    private init(_ error: FormatError) {
        let (status, code) =
            switch error.code {
            case .invalidJSON: (400, "invalid_json")
            case .invalidCSV: (400, "invalid_csv")
            case .invalidNPY: (400, "invalid_npy")
            case .invalidData: (422, "invalid_data")
            case .tooLarge: (413, "content_too_large")
            case .busy: (503, "overloaded")
            case .abandoned: (408, "request_timeout")
            }
        self.init(
            status, code, error.detail, hint: error.hint, pointer: error.pointer.isEmpty ? nil : error.pointer,
            retryAfter: error.code == .busy ? 1 : nil)
    }

    private init(_ error: SpecificationError) {
        switch error.reason {
        case .invalidParameter: self.init(422, "invalid_parameter", error.detail, pointer: error.pointer)
        case .invalidData: self.init(422, "invalid_data", error.detail, pointer: error.pointer)
        case .tooFewRows: self.init(422, "too_few_rows", error.detail, pointer: error.pointer)
        case .stopped: self.init(500, "internal", error.detail)
        case .schemaMismatch: self.init(422, "schema_mismatch", error.detail, pointer: error.pointer)
        case .unknownOption(let name, let known):
            self.init(
                400, "unknown_parameter", error.detail, hint: suggestion(for: name, among: known),
                pointer: error.pointer)
        }
    }

    private init(_ error: Store.Error) {
        switch error {
        case .trainingInProgress(let model):
            self.init(
                409, "training_in_progress", "a training of this model is under way",
                hint: "wait for it or cancel it: GET /jobs?model=\(model)")
        case .queueFull(let limit):
            self.init(429, "queue_full", "\(limit) jobs are waiting already", retryAfter: 30)
        case .jobNotFound:
            self.init(404, "job_not_found", "there is no such job", hint: "GET /jobs lists the jobs")
        case .modelNotFound, .invalidName:
            self.init(
                404, "model_not_found", "there is no such model",
                hint: "GET /models lists the models; POST /train makes one")
        case .versionNotFound(_, nil):
            self.init(404, "model_not_found", "the model has no version", hint: "POST /train makes one")
        case .versionNotFound: self.init(404, "version_not_found", "the model has no such version")
        case .jobNotResumable:
            self.init(
                409, "job_not_resumable", "only a job that was canceled or has failed can go on, for a day",
                hint: "POST /train?resume=true begins with the weights of the version that serves")
        case .idempotencyKeyReused:
            self.init(
                422, "idempotency_key_reused", "the key was given with another request",
                pointer: "header:Idempotency-Key")
        case .preconditionFailed:
            self.init(412, "precondition_failed", "the model is not as If-Match or If-None-Match asks")
        case .versionInUse: self.init(409, "version_in_use", "this is the version that serves")
        case .insufficientStorage: self.init(507, "insufficient_storage", "the disk is full")
        case .corruptFile, .versionExists:
            self.init(500, "internal", "a file of the model is damaged; the server's log says more")
        }
    }

    private init(_ error: WeightsFile.Error) {
        switch error {
        case .model(let detail):
            self.init(
                422, "invalid_model", detail, hint: "GET /models/{name}/weights gives files that can be brought back")
        case .format(let error): self.init(400, "invalid_safetensors", error.text)
        }
    }

    init(_ refusal: Refusal) {
        let status = refusal.status
        switch refusal {
        case .malformed(let detail): self.init(status, "bad_request", detail)
        case .timeout: self.init(status, "request_timeout", "the request did not come in time")
        case .bodyTooLarge(let limit):
            self.init(
                status, "content_too_large", "the body is larger than \(limit) bytes",
                hint: "the setting max_body_bytes raises the limit")
        case .expandsTooFar(let limit):
            self.init(
                status, "content_too_large", "the body becomes more than \(limit) times as long when it is expanded",
                hint: "send it without compression")
        case .targetTooLong: self.init(status, "uri_too_long", "the target is too long")
        case .contentCodingUnknown:
            self.init(
                status, "unsupported_media_type", "the body's coding is not known here, or is not the only one",
                hint: "known is gzip, once")
        case .expectationFailed: self.init(status, "expectation_failed", "only 100-continue is understood")
        case .headTooLarge: self.init(status, "header_fields_too_large", "the fields are too many or too long")
        case .methodUnknown: self.init(status, "not_implemented", "the method is unknown")
        case .transferCodingUnknown:
            self.init(status, "not_implemented", "only the transfer coding chunked is understood")
        case .overloaded: self.init(status, "overloaded", "there is too much to do", retryAfter: 1)
        case .diskFull: self.init(status, "insufficient_storage", "the disk is full")
        case .versionUnsupported: self.init(status, "http_version_not_supported", "only HTTP/1.1 and 1.0 are spoken")
        }
    }
}

extension Safetensors.Error {
    /// What is wrong with the file, in plain words.
    fileprivate var text: String {
        switch self {
        case .truncated: "the file ends too soon"
        case .headerTooLarge(let bytes): "the header would have \(bytes) bytes"
        case .invalidHeader(let detail): "the header is damaged: \(detail)"
        case .duplicateName(let name): "\(name) is there twice"
        case .unsupportedType(_, let tensor): "the tensor \(tensor) is none of F32, F64 and U8"
        case .invalidShape(let tensor): "the tensor \(tensor) has a shape that no tensor has"
        case .invalidOffsets(let tensor): "the tensor \(tensor) overlaps another, leaves a hole or has another size"
        case .trailingBytes(let count): "\(count) bytes belong to no tensor"
        case .notFinite(let tensor): "the tensor \(tensor) has values that are not finite"
        }
    }
}
