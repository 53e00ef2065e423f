import Foundation
import HTTP
import TestSupport
import Testing

/// The dashboard, as an answer and in a browser.
@Suite(.serialized) struct DashboardTests {
    private static let browserIsMissing: Comment = "THE DASHBOARD IS NOT TESTED: chromium is not installed"

    @Test func browsersGetAPageThatMayRunNothingElse() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        func get(_ fields: [(String, String)]) throws -> OneShot.Answer {
            try OneShot.send("GET", "/", to: server.address, fields: fields)
        }
        let page = try get([("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")])
        #expect(page.status == 200)
        #expect(page.fields["content-type"] == "text/html; charset=utf-8")
        let policy = try #require(page.fields["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("unsafe"))
        #expect(page.fields["vary"]?.contains("Accept") == true)
        let text = String(decoding: page.body, as: UTF8.self)
        #expect(!text.contains("{{") && !text.contains("style=\"") && !text.contains("onclick"))
        let tag = try #require(page.fields["etag"])
        #expect(try get([("Accept", "text/html"), ("If-None-Match", tag)]).status == 304)
        // A link to it may stand on any page; nothing else is open to those.
        let foreign = [("Accept", "text/html"), ("Sec-Fetch-Site", "cross-site")]
        #expect(try get(foreign + [("Sec-Fetch-Mode", "navigate")]).status == 200)
        #expect(try get(foreign + [("Sec-Fetch-Mode", "cors")]).status == 403)
        for accept in ["*/*", "application/json", "text/html;q=0.5, application/json"] {
            #expect(try get([("Accept", accept)]).fields["content-type"] == "application/json", "\(accept)")
        }
    }

    @Test(.enabled(if: Browser.executable != nil, browserIsMissing))
    func theDemonstrationIsTrainedSampledAndScored() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let browser = try Browser()
        try browser.open("http://\(server.address)/", width: 1280)
        try browser.wait(for: "document.getElementById('state').textContent === 'ready'")
        try browser.evaluate("document.getElementById('demonstrate').click()")
        try browser.wait(for: "document.getElementById('job-facts').textContent.includes('succeeded')")
        try browser.wait(for: "document.querySelectorAll('#losses path.curve').length === 2")
        try browser.wait(
            for: "document.querySelector('#picture path.area') && document.querySelector('#picture path.c')")
        try browser.wait(for: "document.querySelectorAll('#rows tbody tr').length === 50")
        try browser.evaluate(
            """
            document.getElementById("score-rows").value = "10\\n30";
            document.querySelector("#score button.main").click();
            """)
        try browser.wait(for: "document.querySelectorAll('#scores tbody tr').length === 2")
        let lines = try browser.evaluate("document.querySelectorAll('.curl code').length") as? Int
        #expect(lines.map { $0 >= 3 } == true)
        for (width, dark) in [(1280, false), (390, false), (390, true), (1280, true)] {
            try browser.resize(width: width, height: 900)
            try browser.prefer(dark: dark)
            #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            let faults = try #require(try browser.evaluate(Self.faults) as? [String])
            #expect(faults == [], "\(width) pixels, dark: \(dark)")
        }
        #expect(browser.complaints == [])
    }

    /// Every control is reached by the keyboard alone, in the order of the page, and it shows where one is (WCAG 2.2,
    /// 2.1.1, 2.4.3 and 2.4.7); nothing moves for those who do not want that (2.3.3).
    @Test(.enabled(if: Browser.executable != nil, browserIsMissing))
    func theKeyboardReachesEverything() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        #expect(try server.send("POST", "/train?steps=50&wait=60").status == 200)
        let browser = try Browser()
        try browser.open("http://\(server.address)/", width: 1280)
        try browser.prefer(dark: false)
        try browser.wait(for: "document.querySelectorAll('#rows tbody tr').length === 50")
        try browser.evaluate(
            """
            window.reached = [];
            window.controls = () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
              .filter((node) => node.checkVisibility() && !node.disabled && node.tabIndex >= 0);
            """)
        let count = try #require(try browser.evaluate("controls().length") as? Int)
        #expect(count > 20)
        var faults: [String] = []
        for _ in 0..<2 * count {
            try browser.tab()
            let fault = try browser.evaluate(
                """
                (() => {
                  const node = document.activeElement;
                  if (node === document.body) return "";
                  reached.push(node);
                  const outlines = [node, node.closest(".button"), node.parentElement].filter(Boolean)
                    .map((each) => getComputedStyle(each)).filter((style) => style.outlineStyle !== "none");
                  return outlines.length || node.matches("main") ? "" : `${node.tagName} ${node.id} does not show its focus`;
                })()
                """)
            if let fault = fault as? String, !fault.isEmpty { faults.append(fault) }
            if try browser.evaluate("reached.length > 1 && reached.at(-1) === reached[0]") as? Bool == true { break }
        }
        #expect(faults == [])
        #expect(
            try browser.evaluate(
                "controls().filter((node) => !reached.includes(node)).map((node) => `${node.tagName} ${node.id}`)")
                as? [String] == [])
        #expect(
            try browser.evaluate(
                """
                reached.slice(1).filter((node, index) => node !== reached[0]
                  && reached[index].compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING)
                  .map((node) => node.id)
                """) as? [String] == [])
        #expect(try browser.evaluate("reached[0].className") as? String == "skip")
        #expect(
            try browser.evaluate(
                "[...document.querySelectorAll('*')].every((node) => getComputedStyle(node).transitionProperty === 'none'"
                    + " && getComputedStyle(node).animationName === 'none')") as? Bool == true)
    }

    /// What somebody who does not see the page, or not well, would stumble over: fields and buttons without names,
    /// pictures without words, levels of headings left out, texts that stand out too little (WCAG 2.2, 1.4.3).
    private static let faults = """
        (() => {
          const faults = [];
          const isShown = (node) => node.checkVisibility() && node.getClientRects().length > 0;
          for (const node of document.querySelectorAll("input, select, textarea"))
            if (!node.labels?.length && !node.getAttribute("aria-label")) faults.push(`${node.id} has no label`);
          for (const node of document.querySelectorAll("button"))
            if (!node.textContent.trim() && !node.getAttribute("aria-label")) faults.push(`${node.id} has no name`);
          for (const node of document.querySelectorAll("[role=img], section, nav, [role=region]"))
            if (!node.getAttribute("aria-label") && !node.getAttribute("aria-labelledby") && node.id !== "empty")
              faults.push(`${node.tagName} ${node.id} has no name`);
          let level = 1;
          for (const node of [...document.querySelectorAll("h1, h2, h3")].filter(isShown)) {
            if (+node.tagName[1] > level + 1) faults.push(`${node.textContent} leaves out a level`);
            level = +node.tagName[1];
          }
          if (document.querySelectorAll("main").length !== 1 || !document.documentElement.lang) faults.push("no main or language");
          const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgb = (colour) => {
            probe.clearRect(0, 0, 1, 1);
            probe.fillStyle = colour;
            probe.fillRect(0, 0, 1, 1);
            return [...probe.getImageData(0, 0, 1, 1).data];
          };
          const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
          const ground = (node) => {
            for (let at = node; at; at = at.parentElement) {
              const colour = rgb(getComputedStyle(at).backgroundColor);
              if (colour[3] > 250) return colour;
            }
            return [255, 255, 255, 255];
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let text = walker.nextNode(); text; text = walker.nextNode()) {
            const node = text.parentElement;
            if (!text.data.trim() || ["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(node.tagName) || !isShown(node)) continue;
            if (node.closest(":disabled")) continue;
            const style = getComputedStyle(node);
            const [a, b] = [light(rgb(node instanceof SVGElement ? style.fill : style.color)), light(ground(node))];
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) faults.push(`"${text.data.trim().slice(0, 20)}" has a contrast of ${contrast.toFixed(2)}`);
          }
          return faults;
        })()
        """

    @Test(.enabled(if: Browser.executable != nil, browserIsMissing))
    func aFileIsTrainedBesideItsPicture() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path)
        let people = People.csv(rows: 300)
        let options = "steps=20&batch_size=64&latent_dim=8&generator_layers=16&discriminator_layers=16&wait=60"
        #expect(
            try server.json("POST", "/train?model=people&\(options)", people)["status"] as? String == "succeeded")
        let (numbers, records) = (folder.path + "/Pairs of 2024.csv", folder.path + "/people.csv")
        let pairs = "x,y\n" + (0..<100).map { "\($0 % 10),\($0 % 7)" }.joined(separator: "\n")
        try pairs.write(toFile: numbers, atomically: true, encoding: .utf8)
        try people.write(toFile: records, atomically: true, encoding: .utf8)

        let browser = try Browser()
        try browser.open("http://\(server.address)/", width: 1280)
        try browser.wait(for: "document.querySelector('#picture path.area')")
        try browser.choose(records, in: "compare")
        try browser.wait(for: "document.querySelectorAll('#legend span').length === 2")
        try browser.evaluate(Self.choosing("city", ""))
        try browser.wait(for: "document.querySelector('#picture svg').getAttribute('aria-label').startsWith('city: ')")

        try browser.choose(numbers, in: "file")
        try browser.wait(for: "document.getElementById('plan').textContent.startsWith('100 rows, 2 columns')")
        #expect(try browser.evaluate("document.getElementById('train-model').value") as? String == "pairs-of-2024")
        try browser.evaluate(
            """
            document.getElementById("train-epochs").value = "3";
            document.querySelector("#train button.main").click();
            """)
        try browser.wait(for: "document.getElementById('model-name').textContent === 'pairs-of-2024'")
        try browser.wait(for: "document.getElementById('job-facts').textContent.includes('succeeded')")
        // Two columns of numbers are points, over the real ones.
        try browser.wait(
            for: "document.querySelector('#picture path.dot') && document.querySelector('#picture path.ring')")
        #expect(browser.complaints == [])
    }

    @Test(.enabled(if: Browser.executable != nil, browserIsMissing))
    func theKeyIsAskedForWhereThereIsOne() throws {
        let folder = TemporaryFolder()
        let server = try RunningServer(dataDirectory: folder.path, environment: ["GAND_API_KEYS": "admin:secret"])
        let browser = try Browser()
        try browser.open("http://\(server.address)/", width: 390)
        let enter = { (key: String) in
            """
            document.getElementById("key-field").value = "\(key)";
            document.querySelector("#key-form button.main").click();
            """
        }
        try browser.wait(for: "document.getElementById('key').open")
        #expect(try browser.evaluate(Self.faults) as? [String] == [])
        try browser.evaluate(enter("wrong"))
        try browser.wait(
            for: """
                document.getElementById("key").open
                  && document.getElementById("key-hint").textContent.includes("does not know")
                """)
        try browser.evaluate(enter("secret"))
        try browser.wait(for: "document.getElementById('state').textContent === 'ready'")
        #expect(try browser.evaluate("document.getElementById('lock').hidden") as? Bool == false)
        // Nothing but the refusals is complained of.
        #expect(browser.complaints.allSatisfy { $0.contains("status of 401") })
    }

    private static func choosing(_ x: String, _ y: String) -> String {
        """
        document.getElementById("x").value = "\(x)";
        document.getElementById("y").value = "\(y)";
        document.getElementById("y").dispatchEvent(new Event("change"));
        """
    }

    /// Makes the pictures of the README: GAND_SCREENSHOTS=.pictures swift test --filter theREADME
    @Test(
        .enabled(if: Browser.executable != nil, browserIsMissing),
        .enabled(if: ProcessInfo.processInfo.environment["GAND_SCREENSHOTS"] != nil, "only where a folder is named"))
    func theREADMEHasItsPictures() throws {
        let folder = TemporaryFolder()
        let pictures = try #require(ProcessInfo.processInfo.environment["GAND_SCREENSHOTS"])
        let server = try RunningServer(dataDirectory: folder.path)
        let browser = try Browser()
        let (file, people) = (folder.path + "/people.csv", People.csv(rows: 2000))
        #expect(
            try server.json("POST", "/train?model=people&seed=1&max_seconds=40&wait=600", people)["status"] as? String
                == "succeeded")
        try people.write(toFile: file, atomically: true, encoding: .utf8)
        try browser.open("http://\(server.address)/", width: 1280)
        try browser.wait(for: "document.querySelector('#picture path.area')")
        try browser.choose(file, in: "compare")
        try browser.wait(for: "document.querySelectorAll('#legend span').length === 2")
        try browser.evaluate(Self.choosing("height", "weight"))
        for (width, height) in [(1280, 900), (390, 844)] {
            try browser.resize(width: width, height: height)
            // The pictures are drawn anew for the width.
            try browser.evaluate("new Promise((resolve) => setTimeout(resolve, 500))")
            if width < 600 { try browser.evaluate("document.getElementById('samples').scrollIntoView()") }
            try browser.screenshot().write(to: URL(fileURLWithPath: "\(pictures)/dashboard-\(width).png"))
        }
    }
}
