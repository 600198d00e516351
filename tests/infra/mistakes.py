"""Thirty-one ways to get the infrastructure wrong, each a slip that was made somewhere once."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mistake:
    """`old` stands exactly once in `file` and becomes `new`. `check` finds it; empty when nothing here does."""

    name: str
    file: str
    old: str
    new: str
    check: str

    def plant(self, tree: Path) -> None:
        file = tree / "infra" / self.file
        text = file.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, (
            f"{self.name}: {self.old!r} stands {text.count(self.old)} times in {self.file}"
        )
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")

    def heal(self, tree: Path, original: Path) -> None:
        (tree / "infra" / self.file).write_bytes((original / "infra" / self.file).read_bytes())


FUNCTION_APP, COSMOS, RESOURCES = "modules/function-app.bicep", "modules/cosmos.bicep", "resources.bicep"
POISON_ENTRY = """    {
      "name": "poison",
      "database": "StoreDatabase","""

MISTAKES = (
    Mistake("misspelt property", COSMOS, "enableBurstCapacity", "enableBurstCapcity", "property"),
    Mistake("misspelt nested property", "modules/network.bicep", "addressPrefixes", "addressPrefixs", "property"),
    Mistake(
        "misspelt property in JSON",
        "containers.json",
        '"compositeIndexes": [\n            [\n              { "path": "/createdAt", "order": "descending" },\n'
        '              { "path": "/orderId", "order": "descending" }\n            ]\n          ]',
        '"compositIndexes": []',
        "property",
    ),
    Mistake(
        "text instead of a number",
        "modules/event-hubs.bicep",
        "partitionCount: hub.partitionCount",
        "partitionCount: '${hub.partitionCount}'",
        "type",
    ),
    Mistake("value that Azure does not know", "modules/host-storage.bicep", "'StorageV2'", "'StorageV3'", "value"),
    Mistake("missing module parameter", RESOURCES, "    planId: plan.outputs.id\n", "", "parameter"),
    Mistake("unknown module parameter", RESOURCES, "    sku: planSku", "    skuName: planSku", "parameter"),
    Mistake(
        "module parameter of another type",
        RESOURCES,
        "    dailyGigabytes: isCheap ? 1 : 20",
        "    dailyGigabytes: isCheap ? '1' : '20'",
        "parameter",
    ),
    Mistake(
        "unknown parameter in an environment", "main.test.bicepparam", "monthlyBudget", "monthlyBudged", "parameter"
    ),
    Mistake("name that is not declared", "modules/plan.bicep", "id string = plan.id", "id string = farm.id", "name"),
    Mistake("quote that is not closed", "modules/identity.bicep", "@2024-11-30'", "@2024-11-30", "syntax"),
    Mistake(
        "wrong role",
        "modules/roles.bicep",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955c",
        "roles_are_the_narrowest",
    ),
    Mistake("role on everything", "modules/roles.bicep", "  scope: vault\n", "", "roles_are_the_narrowest"),
    Mistake("wrong API version", "modules/plan.bicep", "@2025-03-01", "@2025-30-01", "version"),
    Mistake(
        "missing container",
        "containers.json",
        POISON_ENTRY,
        POISON_ENTRY.replace("poison", "poisons"),
        "containers_agree",
    ),
    Mistake("other partition key", "containers.json", '"/customerId"', '"/customerid"', "containers_agree"),
    Mistake(
        "alert on a metric that Azure does not have",
        "alerts.json",
        '"metric": "TotalRequests"',
        '"metric": "TotalRequest"',
        "alerts_name_metrics_that_exist",
    ),
    Mistake(
        "alert on a metric that the app does not have",
        "kql/feed_lag.kql",
        "feed.lag.seconds",
        "feed.lag",
        "alerts_name_metrics_that_exist",
    ),
    Mistake(
        "keys left on",
        "modules/event-hubs.bicep",
        "disableLocalAuth: true",
        "disableLocalAuth: false",
        "keys_do_not_work",
    ),
    Mistake(
        "feeds running in staging",
        FUNCTION_APP,
        "each => each, each => 'true')",
        "each => each, each => 'false')",
        "staging_consumes_nothing",
    ),
    Mistake(
        "feed that nobody switches off",
        "functions.json",
        '    { "name": "ring_timers", "trigger": "timerTrigger" },\n',
        "",
        "functions_agree",
    ),
    Mistake(
        "one host id for both slots",
        FUNCTION_APP,
        "uniqueString(name, 'staging')",
        "uniqueString(name, 'production')",
        "a_swap_exchanges_code_alone",
    ),
    Mistake("reads that may be stale", COSMOS, "'BoundedStaleness'", "'Session'", "reads_are_current"),
    Mistake(
        "connection string in the settings",
        RESOURCES,
        "      COSMOS__credential: 'managedidentity'\n",
        "      COSMOS: 'AccountEndpoint=${cosmos.outputs.endpoint};AccountKey=${cosmos.outputs.name}'\n",
        "secrets_stay_in_the_vault",
    ),
    Mistake(
        "misspelt property of a small type",
        COSMOS,
        "logAnalyticsDestinationType",
        "logAnalyticsDestination",
        "property",
    ),
    Mistake("value that no lock has", COSMOS, "'CanNotDelete'", "'CannotDelete'", "value"),
    Mistake(
        "required property left out",
        COSMOS,
        "    databaseAccountOfferType: 'Standard'\n",
        "",
        "property",
    ),
    Mistake(
        "property that can only be read",
        COSMOS,
        "    databaseAccountOfferType: 'Standard'\n",
        "    databaseAccountOfferType: 'Standard'\n    documentEndpoint: 'https://here/'\n",
        "property",
    ),
    Mistake("region that does not exist", "main.prod.bicepparam", "northeurope", "northeuropa", ""),
    Mistake(
        "two subnets on the same addresses",
        "modules/network.bicep",
        "cidrSubnet(addresses, 24, 1)",
        "cidrSubnet(addresses, 24, 0)",
        "",
    ),
    Mistake(
        "lease that is free before it is renewed",
        "settings.json",
        '"LEASE_RENEW_MS": "17000"',
        '"LEASE_RENEW_MS": "71000"',
        "",
    ),
)
