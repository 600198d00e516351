"""Settings that the platform or an SDK reads, and our own code does not.

Source: learn.microsoft.com/azure/azure-functions/functions-app-settings and …/app-service/reference-app-settings.
"""

from typing import Final

PLATFORM_SETTINGS: Final = frozenset(
    {
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AZURE_CLIENT_ID",
        "AzureFunctionsWebHost__hostid",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "BUILD_FLAGS",
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
        "FUNCTIONS_WORKER_RUNTIME",
        "OTEL_SERVICE_NAME",
        "OTEL_TRACES_SAMPLER",
        "PYTHON_ENABLE_OPENTELEMETRY",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
        "WEBSITE_SWAP_WARMUP_PING_PATH",
        "WEBSITE_SWAP_WARMUP_PING_STATUSES",
        "XDG_CACHE_HOME",
    }
)

# What the platform itself tells an app, and nobody sets.
# Source: learn.microsoft.com/azure/app-service/reference-app-settings.
# And container-apps/environment-variables.
TOLD_BY_THE_PLATFORM: Final = frozenset(
    {"CONTAINER_APP_NAME", "IDENTITY_ENDPOINT", "WEBSITE_AUTH_ENABLED", "WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME"}
)
