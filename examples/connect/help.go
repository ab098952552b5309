package main

import "github.com/rezonate-io/okta-integration/examples/internal/cli"

const help = `Connect takes over a credential that a customer hands over, and proves it.

Usage:
  connect                      all three, to a simulated org in this program
  connect --tenant-id TENANT_ID --out FILE
                               an API token, which is asked for
  connect --tenant-id TENANT_ID --client-id ID --out FILE
                               a store integration, whose secret is asked for
  connect --tenant-id TENANT_ID --client-id ID --key KEYFILE --out FILE
                               an OAuth service app and its private key

It gets a token and uses it, and says whose the credential is, which role it
has, what it sees of the org and what not, who can change that, within which
rate limits, and when it ends. It only reads. With --out it writes the
credentials for the other programs, with the scopes that were granted.

The org and the credential:
  --tenant-id ID      the tenant: acme for https://acme.okta.com
` + cli.OrgHelp + `  --api-token TOKEN   an API token; - reads it from standard input. Better: set
                      OKTA_API_TOKEN, or leave it out and be asked
  --client-id ID      the client id of a store integration or a service app
  --client-secret SECRET
                      the secret of the integration; - reads it from standard
                      input. Better: set OKTA_CLIENT_CLIENTSECRET, or leave it
                      out and be asked
  --secret-file FILE  the file that holds the API token or the client secret
  --key FILE          the private key (PEM or JWK) of the service app; - reads
                      it from standard input
  --kid KID           the kid under which that key is registered, if it is not
                      the key's own or its thumbprint. Without it, it is asked
                      for when the org does not know the key
  --client-scopes LIST
                      the scopes that the app is to have, separated by commas;
                      visibility, visibility-extended and remediation stand for
                      many. A missing one ends with status 3. Without this
                      flag, those of visibility that it has are taken
  --role LIST         the admin roles that it is said to hold, separated by
                      commas, for an org that does not let it see them
  If none of these names the org, OKTA_CLIENT_ORGURL, OKTA_CLIENT_TOKEN and the
  like count, or else the file of --out from an earlier run.

Instead of a credential that is there:
  --install TYPE      install the store integration of this type, or find it,
                      with an API token of a Super Admin; assign it the role of
                      --role (default READ_ONLY_ADMIN, or none), and connect by
                      its client id and secret

The result:
  --out FILE          write the credentials to FILE, for its owner only. Earlier
                      ones of the same integration are replaced
  --json              print the result as JSON, that of a failure too

Examples:
  connect
  connect --tenant-id acme --out acme.json
  pass show okta/token | connect --tenant-id acme --api-token - --json
  connect --tenant-id acme --client-id 0oa1example --secret-file secret --out acme.json
  connect --tenant-id acme --client-id 0oa1example --key key.pem --kid prod-2024 --out acme.json
  connect --tenant-id acme --install exampleservice --out acme.json

` + cli.ExitHelp
