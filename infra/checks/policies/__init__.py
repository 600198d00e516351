"""What must be true of every environment. Add one: write it, name it here; its name is what a finding says."""

from collections.abc import Callable, Iterator

from infra.checks.places import Finding
from infra.checks.plan import Plan
from infra.checks.policies import identity, network, secrets, slots, stores, watching

type Policy = Callable[[Plan], Iterator[Finding]]

POLICIES: tuple[Policy, ...] = (
    identity.keys_do_not_work,
    identity.passwords_do_not_deploy,
    identity.roles_are_the_narrowest,
    identity.data_roles_are_the_narrowest,
    identity.connections_are_identities,
    identity.sites_have_the_identity,
    secrets.secrets_stay_in_the_vault,
    secrets.secret_settings_are_references,
    network.stores_are_private,
    network.private_names_resolve,
    network.sites_leave_through_the_network,
    network.nothing_speaks_old_tls,
    slots.staging_consumes_nothing,
    slots.a_swap_exchanges_code_alone,
    slots.each_slot_has_its_own_content,
    slots.hosts_use_their_storage,
    slots.deployments_run,
    slots.sites_run_python_on_premium,
    stores.reads_are_current,
    stores.everything_says_where_it_is,
    stores.orders_can_be_restored,
    stores.production_survives_a_zone,
    stores.containers_are_sound,
    stores.leases_fit_the_trigger,
    watching.alerts_name_metrics_that_exist,
    watching.alerts_look_at_times_that_azure_offers,
    watching.alerts_reach_somebody,
    watching.the_workbook_shows_metrics_that_exist,
    watching.every_resource_has_its_log,
    watching.the_budget_speaks_in_time,
)
