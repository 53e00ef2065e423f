import Formats

extension OpenAPI {
    private static let bytes = #"{"type":"string","contentMediaType":"application/octet-stream"}"#
    private static let text = #"{"type":"string"}"#
    private static let csv = #""age,city\n31,Oslo\n44,Rome\n""#
    /// What is not JSON is told by its media type: no schema describes bytes.
    private static let file: String = {
        let others = Format.reading(.rows).filter { ![.json, .csv].contains($0) }.map(\.mediaType)
        return #"{"description":"Also \#(others.listed(with: "and")); bytes of unknown type are told apart."}"#
    }()
    private static let rowFields = [
        "Gand-Model", "Gand-Version", "Gand-Step", "Gand-Seed", "Gand-Sampling", "Gand-Acceptance-Rate",
    ]
    /// What an answer may be written as, by media type; in JSON by a schema.
    private static func written(_ content: Format.Content, json schema: String) -> [(type: String, schema: String)] {
        Format.writing(content).map { format in
            (format.mediaType, format == .json ? reference(schema) : format.isText ? text : bytes)
        }
    }

    private static let parsing = "invalid_json, invalid_csv, invalid_npy, conflicting_parameter"
    private static let full = [(507, "insufficient_storage")]
    private static let bodies = [(413, "content_too_large"), (415, "unsupported_media_type")]
    private static let noModel = [(404, "model_not_found, version_not_found"), (422, "invalid_parameter")]
    private static let noJob = [(404, "job_not_found")]

    private static let sampleAnswers = [
        Operation.Answer(
            status: 200, meaning: "New rows.",
            content: written(.rows, json: "Sample"), fields: rowFields),
        Operation.Answer(status: 304, meaning: "The client has them."),
    ]
    private static let eventAnswer = Operation.Answer(
        status: 200, meaning: "Events.", content: written(.events, json: "Events"))

    /// What is said of each route, in the order of the route table.
    package static let described: [Operation] = [
        Operation(
            method: "POST", path: "/train", id: "train",
            summary: "Data in, a job out; without a body, the demonstration",
            parameters: [
                "model", "steps", "epochs", "batch_size", "seed", "max_seconds", "keep_data", "dry_run", "resume",
                "family", "types", "constraints", "columns", "tags", "wait", "eventFormat", "Idempotency-Key", "Prefer",
            ],
            body: [
                ("application/json", reference("Training"), #"{"data":[9.8,10.4,10.1,8.9],"steps":100}"#),
                ("text/csv", file, csv), ("text/plain", file, csv),
                ("application/octet-stream", file, "\"\""),
            ],
            answers: [
                Operation.Answer(
                    status: 200, meaning: "The job, over; or its events; or what a dry run tells.",
                    content: written(.events, json: "JobOrPlan"), fields: ["Location"]),
                .json(202, "The job; it and its data are durable.", "Job", fields: ["Location", "Retry-After"]),
            ],
            errors: bodies + full + [
                (400, parsing), (406, "not_acceptable"), (409, "training_in_progress"),
                (
                    422,
                    "invalid_parameter, invalid_data, too_few_rows, schema_mismatch, memory_estimate_exceeded, idempotency_key_reused"
                ),
                (429, "queue_full"),
            ]),
        Operation(
            method: "GET", path: "/sample", id: "sample", summary: "New rows",
            parameters: ["n", "reference", "seed", "format", "orient", "scores", "balance", "sampling", "wait"],
            answers: sampleAnswers,
            errors: noModel + [(406, "not_acceptable"), (503, "model_not_ready")]),
        Operation(
            method: "POST", path: "/sample", id: "sampleWhere", summary: "New rows that meet a condition",
            parameters: ["n", "reference", "seed", "format", "orient", "scores", "balance", "sampling", "wait"],
            body: [("application/json", reference("Question"), #"{"n":5,"seed":1}"#)],
            answers: [sampleAnswers[0]],
            errors: noModel + bodies + [
                (400, parsing), (406, "not_acceptable"), (422, "invalid_data"), (503, "model_not_ready"),
            ]),
        Operation(
            method: "POST", path: "/score", id: "score", summary: "How real each row is, 0 to 1",
            parameters: ["reference", "detail", "scoreFormat"],
            body: [
                ("application/json", reference("Scoring"), #"{"data":[10,18.3]}"#), ("text/csv", file, csv),
                ("text/plain", file, csv), ("application/octet-stream", file, "\"\""),
            ],
            wantsBody: true,
            answers: [
                Operation.Answer(
                    status: 200, meaning: "Scores in the order of the rows.",
                    content: written(.scores, json: "Scores"), fields: [])
            ],
            errors: noModel + bodies + [
                (400, parsing), (406, "not_acceptable"), (422, "invalid_data, schema_mismatch"),
                (503, "model_not_ready"),
            ]),
        Operation(
            method: "GET", path: "/jobs", id: "listJobs", summary: "The jobs, newest first",
            parameters: ["status", "model", "limit", "after"], answers: [.json(200, "A page.", "Jobs")],
            errors: [(422, "invalid_parameter")]),
        Operation(
            method: "GET", path: "/jobs/{id}", id: "getJob", summary: "One job; waits for its end if asked to",
            parameters: ["wait", "Prefer"], answers: [.json(200, "The job.", "Job", fields: [])],
            errors: noJob + [(422, "invalid_parameter")]),
        Operation(
            method: "GET", path: "/jobs/{id}/events", id: "getEvents",
            summary: "What happened to a job: a page, or as it happens",
            parameters: ["eventAfter", "eventLimit", "eventFormat", "Last-Event-ID"],
            answers: [
                eventAnswer, Operation.Answer(status: 204, meaning: "The job is over and there is nothing more."),
            ],
            errors: noJob + [(406, "not_acceptable"), (422, "invalid_parameter")]),
        Operation(
            method: "POST", path: "/jobs/{id}/cancel", id: "cancelJob",
            summary: "Stops a job at its next step; its last snapshot becomes a version",
            answers: [.json(202, "The job.", "Job")], errors: noJob + full + [(409, "job_not_active")]),
        Operation(
            method: "POST", path: "/jobs/{id}/resume", id: "resumeJob",
            summary: "Goes on from the checkpoint of a job that was canceled or has failed, as another job",
            answers: [.json(202, "The other job.", "Job", fields: ["Location"])],
            errors: noJob + full + [(409, "job_not_resumable, training_in_progress"), (429, "queue_full")]),
        Operation(
            method: "GET", path: "/models", id: "listModels", summary: "The models",
            answers: [.json(200, "All of them.", "Models")]),
        Operation(
            method: "GET", path: "/models/{name}", id: "getModel", summary: "One model and its versions",
            parameters: ["If-None-Match"],
            answers: [
                .json(200, "The model.", "Model", fields: ["ETag"]),
                Operation.Answer(status: 304, meaning: "The client has it."),
            ], errors: noModel),
        Operation(
            method: "PATCH", path: "/models/{name}", id: "changeModel",
            summary: "Lets another version serve, or sets the tags", parameters: ["If-Match"],
            body: [("application/json", reference("Change"), #"{"tags":{"team":"blue"}}"#)],
            wantsBody: true, answers: [.json(200, "The model.", "Model", fields: ["ETag"])],
            errors: noModel + bodies + full + [
                (400, parsing), (412, "precondition_failed"), (422, "invalid_data"),
            ]),
        Operation(
            method: "DELETE", path: "/models/{name}", id: "deleteModel", summary: "Deletes a model, or a version of it",
            parameters: ["version", "If-Match"], answers: [Operation.Answer(status: 204, meaning: "It is gone.")],
            errors: noModel + full + [
                (409, "training_in_progress, version_in_use"), (412, "precondition_failed"),
            ]),
        Operation(
            method: "GET", path: "/models/{name}/report", id: "getReport",
            summary: "How good a version's samples are, as JSON or as a page to read",
            parameters: ["version", "If-None-Match"],
            answers: [
                Operation.Answer(
                    status: 200, meaning: "The report.",
                    content: [("application/json", reference("Report")), ("text/html", text)], fields: ["ETag"]),
                Operation.Answer(status: 304, meaning: "The client has it."),
            ],
            errors: [
                (404, "model_not_found, version_not_found, report_not_found"), (422, "invalid_parameter"),
            ]),
        Operation(
            method: "GET", path: "/models/{name}/weights", id: "getWeights", summary: "A version as a safetensors file",
            parameters: ["version", "Range", "If-None-Match"],
            answers: [
                Operation.Answer(
                    status: 200, meaning: "The file.", content: written(.weights, json: ""),
                    fields: ["ETag", "Accept-Ranges"]),
                Operation.Answer(
                    status: 206, meaning: "A part of it.", content: written(.weights, json: ""),
                    fields: ["Content-Range"]), Operation.Answer(status: 304, meaning: "The client has it."),
            ], errors: noModel + [(416, "range_not_satisfiable")]),
        Operation(
            method: "PUT", path: "/models/{name}/weights", id: "putWeights",
            summary: "Brings a safetensors file as a version, which serves", parameters: ["If-Match", "If-None-Match"],
            body: [("application/octet-stream", file, "\"\"")],
            wantsBody: true, answers: [.json(201, "The model.", "Model", fields: ["ETag", "Location"])],
            errors: noModel + bodies + full + [
                (400, "invalid_safetensors"), (412, "precondition_failed"), (422, "invalid_model"),
            ]),
        Operation(
            method: "GET", path: "/", id: "index", summary: "The dashboard for browsers, this list for others",
            answers: [
                Operation.Answer(
                    status: 200, meaning: "What there is.",
                    content: [("application/json", reference("Index")), ("text/html", text)])
            ]),
        Operation(
            method: "GET", path: "/livez", id: "live", summary: "The process answers",
            answers: [.json(200, "It does.", "Status")]),
        Operation(
            method: "GET", path: "/readyz", id: "ready", summary: "Requests are welcome",
            answers: [.json(200, "They are.", "Status")], errors: [(503, "draining")]),
        Operation(
            method: "GET", path: "/health", id: "health", summary: "How the server is, for people",
            answers: [.json(200, "How it is.", "Status")], errors: [(503, "draining")]),
        Operation(
            method: "GET", path: "/metrics", id: "metrics", summary: "What there is to watch, for Prometheus",
            answers: [Operation.Answer(status: 200, meaning: "Measures.", content: [("text/plain", text)])]),
        Operation(
            method: "GET", path: "/openapi.json", id: "openapi", summary: "This document",
            answers: [
                Operation.Answer(
                    status: 200, meaning: "This document.", content: [("application/json", #"{"type":"object"}"#)])
            ]),
    ]
}
