"""docs/lanes.md rule by rule: each left out of the code, and the scenario in which that shows."""

from dataclasses import dataclass, field

from tests.pipeline.lanes.mutants import Edit
from tests.pipeline.lanes.states import Scenario

# One stream, two events: poison until the first fix, then a plain one or one that is poison until the second fix.
HELD = Scenario("PN", zombies=0)
TWICE = Scenario("PD", zombies=0)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence of the rules that does not hold in this code. `whole`: the loop around it is part of the sentence."""

    rule: str
    edits: tuple[Edit, ...]
    scenario: Scenario = field(default=HELD)
    whole: bool = False


def left_out(rule: str, module: str, old: str, new: str, scenario: Scenario = HELD) -> LeftOut:
    return LeftOut(rule, (Edit(module, old, new),), scenario)


_PARKED_ROW = (
    "        await self.rows(engine).write(span.key, Row(folded.value, folded.mark, stale_behind(head), row.etag))\n"
)
_HEAD_THEN_ROW = "        head = await self._head(span, stop, engine)\n" + _PARKED_ROW
_ROW_THEN_HEAD = """
        drawn = engine.lanes.nonce()
        stale = Stale(drawn, engine.lanes.now(), stop.poison.reason, span.last)
        await self.rows(engine).write(span.key, Row(folded.value, folded.mark, stale, row.etag))
        import dataclasses
        lanes = dataclasses.replace(engine.lanes, nonce=lambda: drawn)
        await self._head(span, stop, dataclasses.replace(engine, lanes=lanes))
"""
_SECOND_READ = """        row = await self.rows(engine).read(span.key)
        if not span.after(row.mark):
            return "skipped"
        if head is None"""
_WRITE = "        if row.etag is None:\n"
_CLOSE = "    head = await engine.lanes.close(head)  # (v)\n"
_CLEAR = (
    "    await project.rows(engine).write(key, replace(row, stale=None))"
    "  # (vi): under the etag of (iv), never read again\n"
)
_END = "    await engine.lanes.end(head)  # (vii)\n"
_HEAD_AGAIN = "    head = await engine.lanes.head(project.name, key) or head\n"

WORKER = (
    left_out("1: drop what the mark has seen", "project", "news = span.after(row.mark)\n", "news = span.events\n",
             Scenario("NX")),
    LeftOut("1: a conflict begins again", (
        Edit("project", "        except (Conflict, Unknown):\n", "        except (Conflict, Unknown):\n"
             "                return 'skipped'\n"),
    ), Scenario("NX"), whole=True),
    left_out("2: holding back is a write", "project", "            await engine.lanes.hold(head, span.last)\n", ""),
    left_out("2: last never shrinks", "lanes", "if head.last < last:", "if head.last != last:",
             Scenario("PN", zombies=0, rewinds=1)),
    left_out("2: only behind an open head", "project", "if head and head.is_open and", "if head and"),
    left_out("2: only behind this very parking", "project", " and head.nonce == stale.lane:", ":",
             Scenario("PD", zombies=0, crashes=1)),
    left_out("3: a stale row without its head is an old read", "project", "if head is None and row.stale:", "if False:",
             Scenario("PIN", zombies=0, old=True)),
)  # fmt: skip

FOLD = (
    left_out("4: a missing row is folded from the stream", "project",
             "if row.lacks(news, by_mark=self.is_growing):", "if False:", Scenario("NN", zombies=0, cold=1)),
    left_out("4: a stream that is read short is not believed", "project", "upto=span.last", "upto=0",
             Scenario("NN", zombies=0, cold=1, short=True)),
    left_out("4: skipped only if every step returned the same row", "fold", "return Folded(value, mark, moved)\n",
             "return Folded(value, mark, value is not start)\n", Scenario("NX")),
    left_out("4: a row that ended is written", "project", "if not folded.moved and", "if folded.value is None and",
             Scenario("NX")),
    left_out("4: rows are never deleted", "row", _WRITE,
             "        if row.value is None and row.etag and not row.stale:\n"
             "            await self.store.delete(container, key, etag=row.etag)\n"
             "            return replace(row, etag=None)\n" + _WRITE, Scenario("NX")),
    left_out("4: every write is fenced", "row", _WRITE,
             "        there = await self.store.read(container, key)\n"
             "        row = replace(row, etag=there.etag if there else None)\n" + _WRITE),
)  # fmt: skip

PARK = (
    left_out("5: the head comes first", "project", _HEAD_THEN_ROW, _ROW_THEN_HEAD),
    left_out("5: the row beside it", "project", _PARKED_ROW, "", Scenario("P", zombies=0)),
    left_out("5: also when it is stale already", "project", _PARKED_ROW,
             "        if row.stale:\n            return 'parked'\n" + _PARKED_ROW, TWICE),
    LeftOut("5: also beside the head of another", (
        Edit("lanes", "return await self._replace(widened)", "return replace(await self._replace(widened), detail='')"),
        Edit("project", _PARKED_ROW, "        if not head.detail:\n            return 'parked'\n" + _PARKED_ROW),
    ), Scenario("P")),
    left_out("5: the mark is that of what went in", "project", "Row(folded.value, folded.mark, stale_behind(head)",
             "Row(folded.value, row.mark, stale_behind(head)", Scenario("NP", zombies=0)),
    left_out("5: adopting a head is a write", "lanes", "return await self._replace(widened)", "return found",
             Scenario("PN", zombies=0, crashes=1)),
    left_out("5: a head that is there is widened", "lanes", ", last=max(found.last, last))", ")", TWICE),
    left_out("5: and never narrowed", "lanes", "last=max(found.last, last)", "last=last", Scenario("PN")),
    left_out("5: the nonce of an open head is adopted", "lanes", "if found.is_open:", "if False:", Scenario("PN")),
    left_out("5: a closed head is opened again", "lanes", "if found.is_open:", "if True:", TWICE),
    left_out("5: with a new nonce", "lanes", "replace(mine, etag=found.etag)",
             "replace(mine, nonce=found.nonce, etag=found.etag)", Scenario("PD", zombies=0, crashes=1)),
)  # fmt: skip

RELEASE = (
    left_out("6 (i): also on a closed head", "release", "if head is None:", "if head is None or not head.is_open:",
             Scenario("P", zombies=0, crashes=1)),
    left_out("6 (ii): a stream that is read short is not believed", "release", "upto=head.last", "upto=0",
             Scenario("PN", zombies=0, short=True)),
    left_out("6 (iii): still poison changes nothing", "release", "    if folded.stop:\n", "    if False:\n"),
    left_out("6 (iv): stale is kept", "release", "value=folded.value, mark=folded.mark)",
             "value=folded.value, mark=folded.mark, stale=None)"),
    left_out("6 (v): the head is closed", "release", _CLOSE, ""),
    left_out("6 (v): if unchanged", "release", _CLOSE, _HEAD_AGAIN + _CLOSE),
    left_out("6 (v): also when it was closed", "release", _CLOSE, "    if head.is_open:\n    " + _CLOSE,
             Scenario("PD", zombies=0, crashes=1)),
    left_out("6 (v): before stale is cleared", "release", _CLOSE + _CLEAR, _CLEAR + _CLOSE),
    left_out("6 (vi): stale is cleared", "release", _CLEAR, ""),
    left_out("6 (vi): without reading again", "release", _CLEAR,
             "    row = await project.rows(engine).read(key)\n" + _CLEAR, TWICE),
    left_out("6 (vii): the head goes last", "release", _CLEAR + _END, _END + _CLEAR),
    left_out("6 (vii): if unchanged", "release", _END, _HEAD_AGAIN + _END, TWICE),
    left_out("6 (vii): the head goes", "release", _END, "", Scenario("P", zombies=0)),
)  # fmt: skip

LEFT_OUT = (*WORKER, *FOLD, *PARK, *RELEASE)

# Each of a pair is covered by the other: alone it may go, together they may not.
STREAM_FIRST = LeftOut("6: the head before the stream", (
    Edit("release", "    head = await engine.lanes.head(project.name, key)  # (i)\n",
         "    stream = await project.history(key.id, key, engine, upto=0)\n"
         "    head = await engine.lanes.head(project.name, key)  # (i)\n"),
    Edit("release", "_grown(project, head, engine)\n", "_grown(project, head, engine, stream)\n"),
    Edit("release", "head: Head, engine: Engine) -> Row", "head: Head, engine: Engine, stream: Any) -> Row"),
    Edit("release", "    events = await project.history(head.stream, head.key, engine, upto=head.last)\n",
         "    events = stream\n"
         "    if not events or events[-1].sequence < head.last:\n"
         "        raise Conflict('short')\n"),
))  # fmt: skip
SHORT_BELIEVED = LeftOut("6: its length is not trusted", (
    Edit("release", "        raise Conflict('short')\n", "        pass\n"),
))  # fmt: skip
MARK_KEPT = left_out("6 (iv): the mark moves even if the body did not", "release",
                     "if row.mark == folded.mark:", "if not folded.moved:", Scenario("NQ"))  # fmt: skip
FRESH_KEPT = left_out("6 (vi): written even if it is not stale", "release", _CLEAR, "    if row.stale:\n    " + _CLEAR,
                      Scenario("NQ"))  # fmt: skip
SECOND_READ = LeftOut("3: the row is read again", (
    Edit("project", _SECOND_READ, "        if head is None"),
    Edit("project", "if head is None and row.stale:", "if head is None:"),
    Edit("project", "self._behind(span, row.stale, engine, way)", "self._behind(span, row, engine, way)"),
    Edit("project", "_behind(self, span: Span[E], stale: Stale,", "_behind(self, span: Span[E], row: Row[V],"),
    Edit("project", "head.nonce == stale.lane", "head.nonce == row.stale.lane"),
))  # fmt: skip
GAP_FOLDED = left_out("4: a stale row is not folded over a gap", "row",
                      "if self.is_readable and self.is_there and self.stale is None and not by_mark:",
                      "if self.is_readable and self.is_there and not by_mark:")  # fmt: skip
