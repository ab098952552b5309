package main

import (
	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
)

const help = `Onboard sets up an OAuth service app in an Okta org and proves that it works.

Usage:
  onboard                      against a simulated org in this program
  onboard --tenant-id TENANT_ID --api-token TOKEN

It creates the app with a new key, assigns it an admin role, grants it scopes,
mints a token, and reads one object of everything that the scopes are for. What
the role is known not to see is said before and after, and is no failure. The
API token is one of a Super Admin; revoke it afterwards, or pass
--revoke-api-token. A second run finds the app and does what is missing, or
nothing: it adds, and takes nothing away unless --remove or --exact asks for it.
Without a token, a second run with --out only verifies.

The org and the credential that does the work:
  --tenant-id ID      the tenant: acme for https://acme.okta.com
` + cli.OrgHelp + `  --api-token TOKEN   the API token; - reads it from standard input. Better: set
                      OKTA_API_TOKEN, or leave it out and be asked
  --bootstrap FILE    instead of an API token, use the OAuth app with the role
                      SUPER_ADMIN whose credentials are in FILE
  --revoke-api-token  revoke the API token at the end, if the app was verified
                      and has all that was asked for
  If none of these names the org, OKTA_CLIENT_ORGURL, OKTA_CLIENT_TOKEN and the
  like count, or else the file of --out from an earlier run.

The app:
  --label LABEL       its name in the Admin Console (default
                      "` + defaultLabel + `")
  --scopes LIST       scopes, separated by commas; visibility (the default),
                      visibility-extended and remediation stand for many
  --remediation       add okta.users.manage and okta.groups.manage, and a custom
                      role for the playbooks of respond, but for what deletes
                      users, sets passwords or is wider still: which that is
                      is said before anything is written
  --actions LIST      add what these actions of respond take, separated by
                      commas, and what its guards look at:
                      suspend_user,clear_sessions
  --role ROLE         its admin role: visibility (the default), which is
                      ` + oauthapp.RoleReadOnlyAdmin + ` with a custom role that shows who holds
                      admin roles; ` + oauthapp.RoleReadOnlyAdmin + `, ` + oauthapp.RoleSuperAdmin + ` or another
                      standard role; or none. Another role that the app has
                      stays
  --keep-super-admin  leave SUPER_ADMIN alone if the org gives it to the app

What is taken away, which is asked for at a terminal before:
  --remove LIST       scopes, types of roles, CUSTOM (the custom role for the
                      actions), "IAM reader" (that of visibility), and
                      permissions, separated by commas. If a scope and a
                      permission have the same name, write scope:NAME or
                      permission:NAME
  --exact             everything that is not asked for by this command line
  --yes               do not ask; needed where there is no terminal

The result:
  --key FILE          use this private key (PEM or JWK) instead of a new one
  --out FILE          write the credentials to FILE, for its owner only, instead
                      of the private key to standard output
  --journal FILE      keep here what was done, to go on after a failure (default
                      the file of --out with .journal behind it; without --out
                      rezonate-okta/ORG/LABEL.json where this system keeps
                      settings)
  --json              print the result as JSON, that of a failure too: error,
                      hint and exit

Instead of setting the app up:
  --dry-run           say what would be done and what each role would show, and
                      write nothing
  --print http        print the requests instead of sending them, as HTTP or,
  --print curl        with curl, as a shell script. Give the app's key with
                      --key. Without an API token they are those for a new
                      app
  --rollback          take back what the journal says was made, the app too,
                      after showing it and asking; with --dry-run only show it

Examples:
  onboard
  onboard --tenant-id acme --out acme.json --revoke-api-token
  onboard --tenant-id acme --out acme.json --remediation --dry-run
  onboard --tenant-id acme --out acme.json --actions suspend_user,clear_sessions
  onboard --out acme.json --remove CUSTOM,okta.users.manage,okta.groups.manage
  onboard --out acme.json --rollback
  onboard --tenant-id acme --key key.pem --print curl > onboard.sh
  pass show okta/token | onboard --tenant-id acme --api-token - --json

` + cli.ExitHelp
