"""Checks in C++ source, and copies of the source in which each can be taken out.

A removal is a stretch of a file and what stands there when the check is gone. All of them go into one copy, each
behind removed(NUMBER) of tests/removals/removed.hpp, so that one build serves every run.
"""

import dataclasses
import pathlib
import re
import tomllib

REMOVED = "REMOVED()"  # stands for the question whether this run is without the check
LIST = "tests/removals/checks.toml"
NORETURN = re.compile(r"\[\[noreturn\]\]\s+(?:inline\s+|static\s+)*void\s+(\w+)\(")
LITERAL = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
IF = re.compile(r"\bif \(")
# A call that does nothing but check, as a statement of its own.
CALL = re.compile(r"(?<=[;{}])\s+((?:static_cast<void>\()?(?:\w+(?:::|\.|->))*(?:check|require|verify|refuse)_\w*\()")
DECLARATION = re.compile(r"(?:const )?[\w:]+(?:<.*>)?[*&]? (\w+) = ", re.DOTALL)


class ListError(Exception):
    """The list, or the source, is not as this script needs it."""


@dataclasses.dataclass(frozen=True)
class Span:
    """What is replaced in a file, and by what."""

    file: str
    start: int
    end: int
    before: str  # of the wrapping
    after: str


@dataclasses.dataclass(frozen=True)
class Removal:
    check: str
    spans: tuple
    suites: tuple


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A place that refuses something."""

    file: str
    start: int
    end: int
    line: int
    shown: str
    guard: tuple | None  # of the condition that leads here, if it is one `if`


def masked(text):
    """The same text, with blanks for comments and what stands in quotes."""
    return LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def closing(code, start):
    """The place of the bracket that closes the one at `start`."""
    depth = 0
    for i in range(start, len(code)):
        if code[i] in "([{":
            depth += 1
        elif code[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
    raise ListError(f"the bracket at {start} is never closed")


def wrap_expression(replacement):
    kept = "static_cast<bool>" if replacement in ("false", "true") else ""
    return f"({REMOVED} ? ({replacement}) : {kept}(", "))"


def wrap_statement(replacement):
    return f"if ({REMOVED}) {{ {replacement} }} else {{ ", " }"


def wrap_condition(condition):
    """A condition that never holds; one that declares a name keeps it."""
    start, depth = 0, 0
    for i, c in enumerate(masked(condition)):
        depth += (c in "([{") - (c in ")]}")
        if c == ";" and depth == 0:
            start = i + 2
    declared = DECLARATION.match(condition, start)
    if declared:
        return start, "", f"; !{REMOVED} && static_cast<bool>({declared.group(1)})"
    return start, *wrap_expression("false")


class Source:
    """A file of the tree, and what it refuses."""

    def __init__(self, root, name):
        self.name = name
        self.text = (root / name).read_text(encoding="utf-8")
        self.code = masked(self.text)

    def line(self, at):
        return self.text.count("\n", 0, at) + 1

    def find(self, text, within=None):
        """The one place of `text`, and its end."""
        start, end = 0, len(self.text)
        if within is not None:
            start, end = self.find(within)
        if self.text.count(text, start, end) != 1:
            raise ListError(f"{self.name} has this {self.text.count(text, start, end)} times, not once:\n{text}")
        at = self.text.index(text, start, end)
        return at, at + len(text)

    def guards(self):
        """Every `if` as (start of its condition, end of it, end of what it guards)."""
        for match in IF.finditer(self.code):
            end = closing(self.code, match.end() - 1)
            block = re.compile(r"\s*\{").match(self.code, end + 1)
            if block:
                yield match.end(), end, closing(self.code, block.end() - 1)

    def calls(self, noreturn):
        """Every call that only checks: start, end, and what it calls."""
        for match in CALL.finditer(self.code):
            name = re.search(r"(\w+)\($", match.group(1)).group(1)
            end = closing(self.code, match.end() - 1) + 1
            if match.group(1).startswith("static_cast"):
                end += 1
            if name not in noreturn and self.code[end] == ";":
                yield match.start(1), end + 1, name

    def refusals(self, noreturn):
        site = re.compile(r"\b(?:throw [^;]|(?:%s)\()" % "|".join(sorted(noreturn)))
        helper = re.compile(r"\bvoid (?:\w+::)?(?:%s)\(" % "|".join(sorted(noreturn)))
        guards = list(self.guards())
        for match in site.finditer(self.code):
            start = match.start()
            end = self.code.index(";", start) + 1
            shown = " ".join(self.text[start:end].split())
            function = self.code[max(self.code.rfind("\n}\n", 0, start), 0):end]
            if helper.search(function) or "ErrorKind::internal" in shown:
                continue  # the helper that refuses; what no input can bring about
            around = [guard for guard in guards if guard[1] < start < guard[2]]
            nearest = max(around, default=None)
            yield Refusal(self.name, start, end, self.line(start), shown, nearest)


def quoted_in(shown):
    """The longest text in quotes of a statement: what the refusal says."""
    return max(re.findall(r'"((?:\\.|[^"\\])*)"', shown), key=len, default=shown[:60])


class Tree:
    """The files whose checks are proved, and the list of removals."""

    def __init__(self, root):
        self.root = root
        with open(root / LIST, "rb") as file:
            self.list = tomllib.load(file)
        self.sources = {}
        self.suites = self.list["suites"]
        noreturn = {"refuse"}
        for folder in self.suites:
            for path in sorted((root / folder).iterdir()):
                if path.suffix in (".cpp", ".hpp"):
                    noreturn.update(NORETURN.findall(self.source(str(path.relative_to(root))).code))
        self.noreturn = noreturn
        whole = [source for source in self.sources.values() if source.name not in self.list.get("left_out", {})]
        self.whole = whole
        self.refusals = [refusal for source in whole for refusal in source.refusals(noreturn)]
        self.named = [self.named_removal(entry) for entry in self.list["removal"]]
        self.excused = [self.span(entry, "") for entry in self.list.get("untested", [])]

    def source(self, name):
        if name not in self.sources:
            self.sources[name] = Source(self.root, name)
        return self.sources[name]

    def span(self, entry, default):
        start, end = self.source(entry["file"]).find(entry["text"], entry.get("within"))
        is_statement = entry["text"].endswith(";")
        replacement = entry.get("replacement", "" if is_statement else default)
        wrap = wrap_statement if is_statement else wrap_expression
        return Span(entry["file"], start, end, *wrap(replacement))

    def suites_of(self, name):
        return tuple(self.suites.get(str(pathlib.PurePosixPath(name).parent), ()))

    def named_removal(self, entry):
        entries = [entry, *entry.get("also", [])]
        if len(entries) > 1 and "reason" not in entry:
            raise ListError(f"{entry['check']}: what is removed together needs a reason")
        spans = tuple(self.span({**one, "file": one.get("file", entry["file"])}, "false") for one in entries)
        return Removal(entry["check"], spans, tuple(entry.get("suites", self.suites_of(entry["file"]))))

    def is_excused(self, file, start, end):
        return any(span.file == file and span.start < end and span.end > start for span in self.excused)

    def covers(self, span, refusal):
        """Whether what is replaced leads to the refusal, or is it."""
        start = refusal.guard[0] if refusal.guard else refusal.start
        return span.file == refusal.file and span.start < refusal.end and span.end > start

    def removals(self):
        """Those of the list, then one for every other call that only checks, and `if` in front of a refusal."""
        removals = list(self.named)
        taken = {(span.file, span.start, span.end) for one in removals for span in one.spans}
        for source in self.whole:
            for start, end, name in source.calls(self.noreturn):
                if (source.name, start, end) not in taken and not self.is_excused(source.name, start, end):
                    removals.append(Removal(f"{source.name}:{source.line(start)}: calls {name}()",
                                            (Span(source.name, start, end, *wrap_statement("")),),
                                            self.suites_of(source.name)))
        for refusal in self.refusals:
            if refusal.guard is None or self.is_excused(refusal.file, refusal.guard[0], refusal.end):
                continue
            source = self.source(refusal.file)
            start, end, _ = refusal.guard
            offset, before, after = wrap_condition(source.text[start:end])
            if (refusal.file, start + offset, end) in taken:
                continue
            taken.add((refusal.file, start + offset, end))
            removals.append(Removal(f"{refusal.file}:{refusal.line}: {quoted_in(refusal.shown)}",
                                    (Span(refusal.file, start + offset, end, before, after),),
                                    self.suites_of(refusal.file)))
        return removals

    def unaccounted(self):
        """The refusals that no removal leads to, and that the list does not excuse."""
        spans = [span for one in self.removals() for span in one.spans] + self.excused
        return [refusal for refusal in self.refusals if not any(self.covers(span, refusal) for span in spans)]


def patched(source, removals):
    """The text of a file with every removal that concerns it, each behind its number."""
    inserts = []
    for number, removal in enumerate(removals):
        chosen = f"modelseal::removals::removed({number})"
        for span in removal.spans:
            if span.file == source.name:
                size = span.end - span.start
                # Of two that begin at one place the longer is outside, of two that end there likewise.
                inserts.append((span.start, 1, -size, number, span.before.replace(REMOVED, chosen)))
                inserts.append((span.end, 0, size, -number, span.after.replace(REMOVED, chosen)))
    text, last = [], 0
    for at, _, _, _, inserted in sorted(inserts):
        text += [source.text[last:at], inserted]
        last = at
    return f'#include "tests/removals/removed.hpp"\n#line 1 "{source.name}"\n' + "".join(text) + source.text[last:]
