package main

import "github.com/rezonate-io/okta-integration/examples/internal/cli"

const help = `Collect reads what an Okta org has and who may do what there, one line of JSON
for each object, and says of each resource whether that is all of it.

Usage:
  collect                      against a simulated org in this program
  collect --credentials FILE --out DIR
  collect --credentials FILE --out DIR --follow
  collect --list

` + cli.ConnectionHelp + `
Where to:
  --out DIR           a folder, which is made if it is missing: RESOURCE.ndjson
                      for each resource, and manifest.json with the report. A
                      run that was broken off goes on. A file takes the place of
                      that of an earlier run once it is complete
  --out -             standard output; the report goes to standard error
  --gzip              compress what is written
  --raw               lines are objects as the org sent them; otherwise they are
                      {"resource","parent","collected_at","object"}

What:
  --only LIST         these resources, separated by commas (default: all core
                      resources whose scopes the credential asks for)
  --extended          the extended resources too
  --members full      whole users as members of groups, and whole apps as theirs
                      (default ids)
  --list              list the resources with their scopes and roles, and end

How:
  --delta             bring what --out DIR holds up to date: of most resources
                      only the changes since the last run are read. A run that
                      is broken off changes nothing
  --follow            read the System Log in place of all that, until it is
                      interrupted: logs-DATE.ndjson for each day (UTC), and
                      position.json, from which the same command goes on. No
                      event is there twice, and a gap is said
  --since TIME        where that begins, if the folder has no position: a time,
                      a date, or how long ago, such as 24h or 7d (default now)
  --share PART        use this part of the rate limits of the credential, such
                      as 0.2, and leave the rest to others (default 1)

The result:
  --strict            end with 3 if anything is beyond the role too, or partial,
                      or not asked for
  --json              print the report as JSON, and a failure too

Examples:
  collect
  collect --credentials acme.json --out acme
  collect --credentials acme.json --out acme --gzip --share 0.2
  collect --credentials acme.json --only users,groups --raw --out - | jq .id
  collect --credentials acme.json --out acme --delta
  collect --credentials acme.json --out acme-log --follow --since 7d
  collect --tenant-id acme --only admins,admin-factors --out acme

` + cli.ExitHelp + `  0 means that all that the role reaches is complete; the last line says how
  much is beyond it. 3 means that something that should be there is not, and 1
  that a resource could not be read, or that the run was broken off.
`
