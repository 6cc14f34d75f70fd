"""Who a command of the Azure half is, and whose settings it uses."""

import json
import logging
from argparse import ArgumentParser, Namespace
from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gatewatch.cli import wiring
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError

from .clients import client_secret, signs_in_at
from .settings import GraphSettings

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

LOGINS = ("auto", "cli", "device", "managed", "environment")
COMMAND_LINE_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
"""Microsoft Graph Command Line Tools, a public client that every tenant knows (merill/microsoft-info, MicrosoftApps.csv)."""
_REFERENCE = "@Microsoft.KeyVault"


def arguments(parser: ArgumentParser) -> None:
    """The options of every command that signs in to Azure."""
    parser.add_argument(
        "--app-settings",
        metavar="FILE",
        help="the function's settings, as `az functionapp config appsettings list -n APP -g GROUP` prints them; the environment outranks them",
    )
    parser.add_argument(
        "--login",
        choices=LOGINS,
        default="auto",
        help="who asks Graph: the application of the settings, else whoever is signed in here (auto), az login (cli), a code in a browser "
        "(device), the managed identity, or AZURE_CLIENT_ID and its secret or certificate (environment)",
    )
    parser.add_argument(
        "--client-id",
        metavar="ID",
        default=COMMAND_LINE_TOOLS,
        help="the application that --login device signs in to (default: Graph's own tools)",
    )


def settings_of(options: Namespace, screen: Screen) -> Mapping[str, str]:
    """The environment and the profile, and below them the app settings of the file.

    References to the Key Vault are left out: only the function app can resolve them. Raises ``ConfigError``.
    """
    if not options.app_settings:
        return wiring.environment()
    given = _read(Path(options.app_settings))
    references = sorted(name for name, value in given.items() if value.startswith(_REFERENCE))
    if references:
        screen.note(f"in the Key Vault, so that the environment must give them where they are needed: {', '.join(references)}")
    return ChainMap(dict(wiring.environment()), {name: value for name, value in given.items() if name not in references})


def _read(file: Path) -> dict[str, str]:
    try:
        listed = json.loads(file.read_text("utf-8"))
        return {str(one["name"]): str(one["value"] or "") for one in listed}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"--app-settings: {file} is not what `az functionapp config appsettings list -o json` prints ({type(error).__name__})"
        ) from error


def credential(options: Namespace, graph: GraphSettings, screen: Screen) -> "TokenCredential":
    """The credential that the options name; nothing is asked before it is used."""
    from azure import identity  # noqa: PLC0415 - heavy

    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)  # the command says what failed, with its fix
    elsewhere = signs_in_at(graph)
    match options.login:
        case "cli":
            return identity.AzureCliCredential(tenant_id=graph.tenant_id)
        case "device":

            def prompt(address: str, code: str, _expires: object) -> None:
                screen.note(f"open {address} and enter the code {code}")

            return identity.DeviceCodeCredential(options.client_id, tenant_id=graph.tenant_id, prompt_callback=prompt, **elsewhere)
        case "managed":
            return identity.ManagedIdentityCredential(client_id=graph.client_id)
        case "environment":
            return identity.EnvironmentCredential(**elsewhere)
        case _:
            if graph.app_client_id:
                return client_secret(graph)
            return identity.DefaultAzureCredential(managed_identity_client_id=graph.client_id)
