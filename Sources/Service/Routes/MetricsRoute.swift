import HTTP
import HTTPTypes
import Models

/// `GET /metrics`: what there is to watch, for Prometheus.
struct MetricsRoute: Sendable {
    let store: Store
    let jobs: Jobs
    let statistics: Statistics
    let queues: WorkQueues
    let requests: RequestStatistics
    let inFlight: Gauge
    let waiting: WaitingRoom

    func get(_ request: Request) async throws -> Response {
        _ = try Parameters(query: request.query, body: nil, scalars: [])
        let active = await jobs.active
        let (counts, models) = try await queues.read { [store] in (try store.jobCounts(), try store.models()) }
        var text = Prometheus()
        writeProcess(to: &text)
        writeRequests(to: &text)
        writeJobs(counts, active, to: &text)
        let numbers = statistics.numbers
        writeWork(numbers, to: &text)
        let bytes = Dictionary(uniqueKeysWithValues: models.map { ($0.name, $0.versions.reduce(0) { $0 + $1.bytes }) })
        text.measure("gand_model_bytes", .gauge, "Size of a model's versions on the disk.", by: "model", bytes)
        let damaged = models.reduce(0) { $0 + $1.damaged.count }
        text.measure("gand_damaged_versions", .gauge, "Versions that were set aside.", Double(damaged))
        if let free = try? store.directory.freeBytes {
            text.measure("gand_data_dir_free_bytes", .gauge, "Room left on the disk of the data.", Double(free))
        }
        text.measure(
            "gand_event_streams", .gauge, "Clients that follow a job's events.", Double(store.events.followerCount))
        return Response(
            status: .ok,
            fields: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: .bytes(text.bytes))
    }

    private func writeProcess(to text: inout Prometheus) {
        let figures = ProcessFigures()
        text.measure("gand_build_info", .gauge, "The version of gand.", [([("version", Release.version)], 1)])
        text.measure("process_cpu_seconds_total", .counter, "Processor time spent.", figures.cpuSeconds)
        text.measure("process_resident_memory_bytes", .gauge, "Memory in use.", Double(figures.residentBytes))
        text.measure("process_open_fds", .gauge, "Open files and sockets.", Double(figures.openDescriptors))
        text.measure(
            "process_start_time_seconds", .gauge, "When the process began, since 1970.", ProcessFigures.startTime)
    }

    private func writeRequests(to text: inout Prometheus) {
        let answers = requests.answers
        text.measure(
            "gand_http_requests_total", .counter, "Requests answered.",
            answers.map {
                ([("method", $0.method), ("route", $0.route), ("status", String($0.status))], Double($0.seconds.count))
            })
        var timed: [(labels: Prometheus.Labels, histogram: Histogram)] = []
        for (index, kind) in answers.enumerated() {
            if index > 0, answers[index - 1].route == kind.route, answers[index - 1].method == kind.method {
                timed[timed.count - 1].histogram.add(kind.seconds)
            } else {
                timed.append(([("method", kind.method), ("route", kind.route)], kind.seconds))
            }
        }
        text.histograms(
            "gand_http_request_duration_seconds", "Time from a request's last byte to its answer's.", timed)
        text.measure(
            "gand_http_requests_in_flight", .gauge, "Requests whose answers are being made.", Double(inFlight.value))
        text.measure(
            "gand_http_requests_waiting", .gauge, "Requests that wait for a job, a snapshot or an event.",
            Double(waiting.count))
    }

    private func writeJobs(_ counts: [Job.Status: Int], _ active: [Job], to text: inout Prometheus) {
        text.measure(
            "gand_jobs", .gauge, "Jobs that are remembered.", by: "status",
            Dictionary(uniqueKeysWithValues: Job.Status.allCases.map { ($0.rawValue, counts[$0] ?? 0) }))
        text.measure("gand_job_queue_length", .gauge, "Jobs that wait.", Double(counts[.queued] ?? 0))
        let running = active.sorted { $0.model < $1.model }
        text.measure(
            "gand_train_progress_ratio", .gauge, "How much of a training is done.",
            running.map { job in
                ([("model", job.model)], Double(job.progress.step) / Double(max(1, job.progress.steps)))
            })
        text.measure(
            "gand_train_loss", .gauge, "Losses of a training, over about a hundred steps.",
            running.flatMap { job in
                ["discriminator", "generator"].compactMap { network in
                    job.metrics["\(network)_loss"].map { ([("model", job.model), ("network", network)], $0) }
                }
            })
    }

    private func writeWork(_ numbers: Statistics.Numbers, to text: inout Prometheus) {
        text.measure("gand_jobs_total", .counter, "Jobs that are over, by how.", by: "result", numbers.jobs)
        text.histograms("gand_job_duration_seconds", "Time from a job's start to its end.", [([], numbers.jobSeconds)])
        text.measure("gand_train_steps_total", .counter, "Steps of training.", by: "model", numbers.steps)
        text.measure(
            "gand_train_last_step_timestamp_seconds", .gauge, "When a training last got further, since 1970.",
            numbers.lastStep.sorted { $0.key < $1.key }.map { ([("model", $0.key)], $0.value) })
        text.measure("gand_samples_generated_total", .counter, "Rows made.", by: "model", numbers.samples)
        text.measure("gand_rows_scored_total", .counter, "Rows scored.", by: "model", numbers.scored)
        text.histograms(
            "gand_sample_duration_seconds", "Time to make a sample, or a piece of one that streams.",
            [([], numbers.sampleSeconds)])
        text.histograms(
            "gand_snapshot_write_duration_seconds", "Time to keep where a training stands.",
            [([], numbers.checkpointSeconds)])
        text.measure(
            "gand_snapshot_failures_total", .counter, "Times that where a training stands could not be kept.",
            Double(numbers.checkpointFailures))
    }
}
