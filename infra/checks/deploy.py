"""A template with its parameters, worked out to concrete resources; modules and loops included."""

from collections.abc import Iterator
from typing import Final

from infra.checks import arguments
from infra.checks.evaluate import Evaluator
from infra.checks.nodes import Call, Entry, Literal, Loop, Node, Object, Only, Resource
from infra.checks.places import Finding, Place
from infra.checks.surroundings import SUBSCRIPTION, Surroundings, World, resource_id
from infra.checks.template import Module, Template
from infra.checks.values import Deployed, Deployment, Items, Record, Runtime, Value

_APART: Final = frozenset({"name", "parent", "scope", "dependsOn"})


class Instance:
    """One use of a template. `group` is the id of the resource group it is deployed to."""

    def __init__(self, world: World, template: Template, given: Record, group: str) -> None:
        self.world, self.template, self._given, self._group = world, template, given, group
        self._known: dict[str, Value] = {}
        self._visiting: list[str] = []
        self._evaluator = Evaluator(self)
        self._surroundings = Surroundings(world, template.file, group)

    def deploy(self) -> Record:
        """Works out every resource and module; returns the outputs."""
        for name in (*self.template.resources, *self.template.modules):
            self.lookup(name, self.template.declared_at(name))
        outputs = Record(Place(self.template.file))
        for name, output in self.template.outputs.items():
            outputs.put(name, self._evaluator.value(output.value), output.at)
        return outputs

    def refuse(self, at: Place, check: str, message: str) -> None:
        self.world.findings.append(Finding(at, check, message))

    def lookup(self, name: str, at: Place) -> Value:
        if name in self._visiting:
            self.refuse(at, "name", f"'{name}' needs itself: {' → '.join([*self._visiting, name])}")
            return Runtime(name)
        if name not in self._known:
            self._visiting.append(name)
            self._known[name] = self._work_out(name)
            self._visiting.pop()
        return self._known[name]

    def ask(self, call: Call, given: tuple[Value, ...]) -> Value:
        return self._surroundings.ask(call, given)

    def _work_out(self, name: str) -> Value:
        template = self.template
        if name in template.parameters:
            parameter = template.parameters[name]
            if name in self._given:
                return self._given[name]
            return self._evaluator.value(parameter.default) if parameter.default else Runtime(name)
        if name in template.variables:
            return self._evaluator.value(template.variables[name].value)
        if name in template.resources:
            return self._resource(template.resources[name], None, self._evaluator)
        if name in template.modules:
            return self._module(template.modules[name], self._evaluator)
        return Runtime(name)

    def _resource(self, declared: Resource, parent: Deployed | None, evaluator: Evaluator) -> Value:
        made = [self._one(declared, body, parent, inner) for body, inner in _bodies(declared.body, evaluator)]
        if isinstance(declared.body, Loop):
            return Items(declared.at, list(made))
        return made[0] if made else None

    def _one(self, declared: Resource, body: Object, parent: Deployed | None, evaluator: Evaluator) -> Deployed:
        apart = {key: evaluator.value(entry.value) for entry in body.entries if (key := _key(entry)) in _APART}
        owner, scope, name = apart.get("parent", parent), apart.get("scope"), str(apart.get("name", ""))
        kind, _, version = declared.type.partition("@")
        if isinstance(owner, Deployed):
            kind = kind if version else f"{owner.type}/{kind}"
            name, version = f"{owner.name}/{name}", version or owner.version
        if name.rsplit("/", 1)[-1] == "" or name.count("/") != kind.count("/") - 1:
            self.refuse(declared.at, "name", f"{kind} {name!r} lacks a part of its name, or the parent that holds it")
        extended = scope.id if isinstance(scope, Deployed) else ""
        home = extended or (SUBSCRIPTION if self.template.scope == "subscription" else self._group)
        content = evaluator.record(body, skip=_APART)
        made = Deployed(
            declared.at,
            kind,
            version,
            name,
            resource_id(home, kind, name),
            content,
            scope=extended,
            exists=declared.exists,
        )
        self.world.resources.append(made)
        self._nested(body, made, evaluator)
        return made

    def _nested(self, body: Object, parent: Deployed, evaluator: Evaluator) -> None:
        for child in body.nested:
            made = self._resource(child, parent, evaluator)
            # `parent::child` is looked up among what the parent holds.
            parent.body.nested[child.name] = made

    def _module(self, declared: Module, evaluator: Evaluator) -> Value:
        made = [self._use(declared, body, inner) for body, inner in _bodies(declared.body, evaluator)]
        if isinstance(declared.body, Loop):
            return Items(declared.at, list(made))
        return made[0] if made else None

    def _use(self, declared: Module, body: Object, evaluator: Evaluator) -> Value:
        given = evaluator.record(body)
        scope, passed = given.get("scope"), given.get("params")
        try:
            template = self.world.template(self._surroundings.beside(declared.file))
        except FileNotFoundError:
            self.refuse(declared.at, "file", f"module file {declared.file} does not exist")
            return Runtime(declared.name)
        handed = passed if isinstance(passed, Record) else Record(declared.at)
        self.world.findings.extend(arguments.misfits(template, handed, declared.at))
        group = scope.id if isinstance(scope, Deployed) else self._group
        return Deployment(declared.name, Instance(self.world, template, handed, group).deploy())


def _key(entry: Entry) -> str:
    return str(entry.key.value) if isinstance(entry.key, Literal) else ""


def _bodies(body: Node, evaluator: Evaluator) -> Iterator[tuple[Object, Evaluator]]:
    """Every object that a declaration amounts to: none, one, or one for each turn of its loop."""
    match body:
        case Loop():
            for turn in evaluator.turns(body):
                yield from _bodies(body.body, turn)
        case Only():
            if evaluator.value(body.condition) is True:
                yield from _bodies(body.body, evaluator)
        case Object():
            yield body, evaluator
        case _:
            raise AssertionError("a declaration has an object")
