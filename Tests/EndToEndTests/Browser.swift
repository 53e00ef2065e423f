import Foundation
import TestSupport

/// Chromium without a window, driven by the DevTools protocol over two pipes.
final class Browser {
    /// What the page complained of: exceptions, errors on the console, and answers that failed to load.
    private(set) var complaints: [String] = []

    private let process = Process()
    private let folder = TemporaryFolder()
    private let input: FileHandle
    private let output: FileHandle
    private var received = Data()
    private var lastID = 0
    private var session: String?

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where the browser is, if it is installed.
    static let executable: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return ["chromium", "chromium-browser", "google-chrome"].flatMap { name in folders.map { "\($0)/\(name)" } }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    init() throws {
        guard let executable = Self.executable else { throw Failure(description: "there is no browser") }
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let (toBrowser, fromBrowser) = ("\(folder.path)/in", "\(folder.path)/out")
        for path in [toBrowser, fromBrowser] where unsafe mkfifo(path, 0o600) != 0 {
            throw Failure(description: "no pipe can be made")
        }
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Foundation hands on three descriptors only; the browser talks over the fourth and fifth.
        process.arguments = [
            "-c", #"exec "$0" "$@" 3<"$IN" 4>"$OUT""#, executable, "--headless=new", "--no-sandbox", "--disable-gpu",
            "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir=\(folder.path)/profile", "about:blank",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["IN": toBrowser, "OUT": fromBrowser], uniquingKeysWith: { $1 })
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let input = FileHandle(forWritingAtPath: toBrowser),
            let output = FileHandle(forReadingAtPath: fromBrowser)
        else { throw Failure(description: "the browser's pipes cannot be opened") }
        self.input = input
        self.output = output
        let targets = try send("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
        let page = targets.first { $0["type"] as? String == "page" }?["targetId"]
        session = try send("Target.attachToTarget", ["targetId": page ?? "", "flatten": true])["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log"] { try send("\(domain).enable") }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    func open(_ url: String, width: Int) throws {
        try resize(width: width, height: 900)
        try send("Page.navigate", ["url": url])
    }

    func resize(width: Int, height: Int) throws {
        try send(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
    }

    func prefer(dark: Bool) throws {
        // Nothing is to be measured on its way from one colour to another.
        let features = ["prefers-color-scheme": dark ? "dark" : "light", "prefers-reduced-motion": "reduce"]
        try send(
            "Emulation.setEmulatedMedia", ["features": features.map { ["name": $0.key, "value": $0.value] }])
    }

    /// What an expression of JavaScript comes to; a promise is waited for.
    @discardableResult
    func evaluate(_ expression: String) throws -> Any? {
        let answer = try send(
            "Runtime.evaluate", ["expression": expression, "awaitPromise": true, "returnByValue": true])
        guard answer["exceptionDetails"] == nil else { throw Failure(description: "\(expression): \(answer)") }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// Waits until an expression is true, but no longer than a minute.
    func wait(for expression: String) throws {
        let isTrue = try evaluate(
            """
            new Promise((resolve) => {
              const end = performance.now() + 60_000;
              const look = () => {
                let isTrue = false;
                try { isTrue = Boolean(\(expression)); } catch {}
                if (isTrue || performance.now() > end) resolve(isTrue); else setTimeout(look, 50);
              };
              look();
            })
            """)
        guard isTrue as? Bool == true else { throw Failure(description: "this did not come true: \(expression)") }
    }

    /// Chooses a file in a field for one.
    func choose(_ path: String, in id: String) throws {
        let found = try send("Runtime.evaluate", ["expression": "document.getElementById('\(id)')"])["result"]
        let field = (found as? [String: Any])?["objectId"] ?? ""
        try send("DOM.setFileInputFiles", ["files": [path], "objectId": field])
    }

    /// Presses the tabulator key.
    func tab() throws {
        for type in ["rawKeyDown", "keyUp"] {
            try send("Input.dispatchKeyEvent", ["type": type, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9])
        }
    }

    func screenshot() throws -> Data {
        let picture = try send("Page.captureScreenshot", ["format": "png"])["data"] as? String
        return Data(base64Encoded: picture ?? "") ?? Data()
    }

    @discardableResult
    private func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        lastID += 1
        var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
        message["sessionId"] = session
        try input.write(contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
        while true {
            let answer = try receive()
            guard answer["id"] as? Int == lastID else {
                note(answer)
                continue
            }
            if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
            return answer["result"] as? [String: Any] ?? [:]
        }
    }

    private func receive() throws -> [String: Any] {
        while true {
            if let end = received.firstIndex(of: 0) {
                let message = received[..<end]
                defer { received = Data(received[(end + 1)...]) }
                return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            }
            let piece = output.availableData
            guard !piece.isEmpty else { throw Failure(description: "the browser has gone") }
            received += piece
        }
    }

    private func note(_ event: [String: Any]) {
        let parameters = event["params"] as? [String: Any] ?? [:]
        switch event["method"] as? String {
        case "Runtime.exceptionThrown", "Runtime.consoleAPICalled": complaints.append("\(parameters)")
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any] ?? [:]
            if ["error", "warning"].contains(entry["level"] as? String) { complaints.append("\(entry)") }
        default: break
        }
    }
}
