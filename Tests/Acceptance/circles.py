"""Finds circles of files: files of one target that name one another's types, directly or around corners.

    Tests/Acceptance/circles.py [longest]       from the top of the checkout; the longest circle allowed is 3 files

Draws an arrow from a file to each other that declares, at file level, a type or function that the file names (comments and
texts left out); extensions declare nothing. Prints each circle with the arrows that close it; exits 1 where one is longer
than allowed.
"""
import pathlib, re, sys

LONGEST = int(sys.argv[1]) if len(sys.argv) > 1 else 3
DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|public|private|fileprivate|internal|final|indirect|nonisolated)\s+)*"
    r"(?:struct|class|enum|actor|protocol|typealias|func|let|var)\s+(\w+)", re.MULTILINE)


def code(text):
    text = re.sub(r'"""(?:.|\n)*?"""', '""', text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', lambda found: " ".join(re.findall(r"\\\(([^()]*)\)", found[0])), text)
    return re.sub(r"//[^\n]*", "", text)


def circles(arrows):
    """Strongly connected components of more than one file (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in arrows[file]:
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            component = set()
            while True:
                component.add(stack.pop())
                if file in component:
                    break
            if len(component) > 1:
                found.append(component)

    for file in arrows:
        if file not in index:
            visit(file)
    return found


sys.setrecursionlimit(10_000)
failed = False
for target in sorted(path for path in pathlib.Path("Sources").iterdir() if path.is_dir()):
    files = {path: code(path.read_text()) for path in sorted(target.rglob("*.swift"))}
    homes = {}
    for path, text in files.items():
        for name in DECLARATION.findall(text):
            homes.setdefault(name, set()).add(path)
    arrows = {}
    for path, text in files.items():
        # A name that several files declare is private to each.
        words = set(re.findall(r"(?<![.\w])[A-Za-z_]\w*", text)) | set(re.findall(r"\b[A-Z]\w*\(", text))
        arrows[path] = {
            home: word for word in sorted(words) if len(homes.get(word, ())) == 1
            for home in homes[word] if home != path}
    for component in sorted(circles(arrows), key=lambda files: -len(files)):
        failed |= len(component) > LONGEST
        print(f"{target.name}: {len(component)} files")
        for path in sorted(component):
            named = ", ".join(f"{other.stem} ({word})" for other, word in sorted(arrows[path].items()) if other in component)
            print(f"    {path.stem} names {named}")
sys.exit(failed)
