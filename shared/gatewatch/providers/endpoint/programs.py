"""Which programs are looked at, by kind: the tools of the table, shells, interpreters, wrappers and senders of requests."""

import re

from .tools import requests, table

SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ash", "ksh", "mksh", "fish", "csh", "tcsh"})
POWERSHELLS = frozenset({"powershell", "pwsh", "powershell_ise", "pwsh-preview"})
PYTHON = re.compile(r"(?:python|pythonw|pypy|py)[0-9.]*")

CODE_OPTIONS = {
    "node": frozenset({"-e", "--eval", "-p", "--print", "-pe"}),
    "nodejs": frozenset({"-e", "--eval", "-p", "--print", "-pe"}),
    "bun": frozenset({"-e", "--eval", "-p", "--print"}),
    "deno": frozenset({"eval"}),
    "perl": frozenset({"-e", "-E", "-ne", "-pe", "-le", "-we"}),
    "ruby": frozenset({"-e"}),
    "php": frozenset({"-r"}),
    "lua": frozenset({"-e"}),
    "osascript": frozenset({"-e"}),
    "expect": frozenset({"-c"}),
    "awk": frozenset[str](),
    "gawk": frozenset[str](),
    "mawk": frozenset[str](),
}
"""Interpreters other than Python, and the options after which their code stands on the command line."""

WRAPPERS: dict[str, frozenset[str]] = {
    name: frozenset(options.split())
    for name, options in {
        "sudo": "-u -g -p -c -r -t -d --user --group --host --prompt", "doas": "-u -c", "env": "-u -c --unset --chdir", "nohup": "",
        "nice": "-n", "ionice": "-c -n", "chrt": "", "setsid": "", "stdbuf": "-i -o -e", "timeout": "-s -k", "watch": "-n -d",
        "xargs": "-i -n -p -l -d -a -e -s", "winpty": "", "wsl": "-d -u --distribution --user --cd", "busybox": "", "call": "", "start": "/d",
        "time": "-o -f", "strace": "-o -e -p -s", "ltrace": "-o -e -p -s", "unbuffer": "", "caffeinate": "-t -w", "systemd-run": "-p -u -e",
        "proxychains": "-f", "proxychains4": "-f", "torify": "", "torsocks": "", "firejail": "", "chroot": "", "unshare": "", "setpriv": "",
        "nsenter": "-t", "faketime": "", "fakeroot": "", "xvfb-run": "-s -n", "dbus-run-session": "", "parallel": "-j", "chronic": "",
        "conhost": "", "gsudo": "-u", "psexec": "-u -p -n -r -w -a -g", "psexec64": "-u -p -n -r -w -a -g", "paexec": "-u -p -n -rlo -w",
        "winrs": "", "numactl": "", "taskset": "", "sshpass": "-p -f -d", "eval": "", "npx": "-p --package", "bunx": "-p", "pnpx": "",
        "uvx": "--from --with --python", "cage": "", "setarch": "", "sem": "", "ssh-agent": "", "command": "", "dumb-init": "", "tini": "",
        "gosu": "", "su-exec": "", "cmdow": "", "hiddencmd": "", "nircmd": "", "wt": "-d -p --title", "elevate": "", "coproc": "", "runuser": "-u -g --user --group",
    }.items()
}  # fmt: skip
"""Programs that run the command on the rest of their line, and their options that take a value. Most start a child process, which an agent
reports as well; both become one activity."""

VERB_WRAPPERS: dict[str, frozenset[str]] = {
    name: frozenset(verbs.split())
    for name, verbs in {
        "conda": "run", "mamba": "run", "micromamba": "run", "uv": "run", "poetry": "run", "pipenv": "run", "pdm": "run", "hatch": "run",
        "rye": "run", "pipx": "run", "npm": "exec x", "pnpm": "exec dlx", "yarn": "exec dlx run", "op": "run", "doppler": "run",
        "infisical": "run", "dotenv": "run", "dotenvx": "run", "mise": "exec x", "asdf": "exec", "devbox": "run", "nix": "run shell develop",
    }.items()
}  # fmt: skip
"""The same behind a verb."""

NAMED_WRAPPERS: dict[str, frozenset[str]] = {
    name: frozenset(verbs.split())
    for name, verbs in {
        "chamber": "exec", "direnv": "exec", "lxc": "exec", "incus": "exec", "distrobox": "enter", "distrobox-enter": "", "toolbox": "run",
        "multipass": "exec", "machinectl": "shell", "mosh": "", "flatpak-spawn": "", "aws-vault": "exec", "saml2aws": "exec",
        "aws-sso": "exec", "okta-aws-cli": "", "assumego": "", "granted": "", "flock": "",
    }.items()
}  # fmt: skip
"""The same behind the name of an environment, a machine or a profile."""

CONTAINERS = frozenset({"docker", "podman", "nerdctl", "finch", "docker-compose", "buildah", "crictl", "ctr", "singularity", "apptainer"})
CLUSTERS = frozenset({"kubectl", "oc", "k3s", "microk8s", "microk8s.kubectl", "kubecolor"})
REMOTES = frozenset({"ssh", "plink", "autossh", "slogin"})

TEXT_OPTIONS: dict[str, frozenset[str]] = {
    name: frozenset(options.split())
    for name, options in {
        "su": "-c --command", "runuser": "-c --command", "script": "-c --command -qc", "flock": "-c --command", "schtasks": "/tr -tr",
        "nix-shell": "--run --command", "vagrant": "-c --command", "forfiles": "/c", "sg": "-c", "sc": "binpath=", "gcloud": "--command",
        "az": "--scripts --command --exec-command", "aws": "--command --parameters", "at": "", "trap": "", "tmux": "", "screen": "",
        "runas": "", "xterm": "-e", "gnome-terminal": "-e --command", "konsole": "-e", "find": "-exec -execdir -ok", "fd": "-x --exec",
        "invoke-wmimethod": "-argumentlist -args", "invoke-cimmethod": "-arguments", "iwmi": "-argumentlist", "icim": "-arguments",
        "new-scheduledtaskaction": "",
    }.items()
}  # fmt: skip
"""Programs with a command line as one of their words, and the options before it; without options every word with a blank is one."""

INLINE = frozenset({"awk", "gawk", "mawk"})
"""Interpreters whose first argument is code."""

NODE_SCRIPTS = {
    "m365": "m365", "microsoft365": "m365", "aws-azure-login": "aws-azure-login", "leapp": "leapp", "azure": "azure",
}  # fmt: skip
NODE_PACKAGES = {
    "@pnp/cli-microsoft365": "m365", "aws-azure-login": "aws-azure-login", "@noovolari/leapp-cli": "leapp", "azure-cli": "azure",
}  # fmt: skip
"""Programs that Node runs, by script and by package."""

MODULES = {
    "azure.cli": "az", "azure.cli.__main__": "az", "awscli": "aws", "awscli.__main__": "aws", "oci_cli": "oci", "oci_cli.cli": "oci",
    "aws_consoler": "aws_consoler", "aws_consoler.cli": "aws_consoler", "roadtools.roadtx": "roadtx", "roadtools.roadtx.main": "roadtx",
    "roadtools.roadrecon": "roadrecon", "roadtools.roadrecon.main": "roadrecon", "pacu": "pacu", "gslib": "gsutil", "prowler": "prowler",
    "linodecli": "linode-cli", "tccli": "tccli", "tccli.main": "tccli", "gimme_aws_creds": "gimme-aws-creds", "googlecloudsdk": "gcloud",
    "aws_sso_util": "aws-sso-util", "scoutsuite": "scout", "o365spray": "o365spray",
}  # fmt: skip
"""Python modules that are a program of the table."""

_ALIASES = {
    "%comspec%": "cmd", "$comspec": "cmd", "$env:comspec": "cmd", "$shell": "sh", "${shell}": "sh", "aws_completer": "", "gcloud.py": "gcloud",
    "scout.py": "scout", "scoutsuite": "scout", "pacu.py": "pacu", "o365spray.py": "o365spray", "msolspray.py": "msolspray",
    "gsutil.py": "gsutil", "azps": "az", "pwsh.dll": "pwsh", "psexec.c": "psexec", "func.dll": "func", "mgc.dll": "mgc", "wsl.exe": "wsl",
    "lin": "linode-cli", "assume": "assumego",
}  # fmt: skip
_EXTENSION = re.compile(r"\.(?:exe|cmd|bat|com|ps1|sh|dll)$")
_FOLDERS = re.compile(r"[\\/]")
OTHERS = frozenset({"cmd", "kubectl", "setx", "wmic", *CONTAINERS, *CLUSTERS, *REMOTES, *VERB_WRAPPERS, *NAMED_WRAPPERS, *TEXT_OPTIONS}) - {
    ""
}


def stem(program: str) -> str:
    """A program's name in lower case without folders and extension: ``wbin/az.cmd`` becomes ``az``."""
    base = _FOLDERS.split(program.strip().strip("\"'"))[-1].casefold().removeprefix("-")
    base = _ALIASES.get(base, base)
    return _ALIASES.get(bare, bare) if (bare := _EXTENSION.sub("", base)) != base else base


def is_python(program: str) -> bool:
    """Whether this program, given as a stem, is a Python interpreter."""
    return PYTHON.fullmatch(program) is not None


def is_known(program: str) -> bool:
    """Whether a command of this program, given as a stem, is looked into."""
    return (
        program in table.PROGRAMS
        or program in SHELLS
        or program in POWERSHELLS
        or program in WRAPPERS
        or program in CODE_OPTIONS
        or program in OTHERS
        or program in requests.PROGRAMS
        or is_python(program)
    )
