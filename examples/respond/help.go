package main

import "github.com/rezonate-io/okta-integration/examples/internal/cli"

const help = `Respond acts on users of an Okta org who were taken over. It shows a plan first,
and writes nothing that nobody has approved.

Usage:
  respond                      against a simulated org in this program
  respond --credentials FILE --playbook contain --user LOGIN
  respond --credentials FILE --undo RECORDS
  respond --list-actions

` + cli.ConnectionHelp + `  An app may act only if onboard was run with --remediation or --actions.

Whom:
  --user NAME         a user's id or login; may be repeated. - reads standard
                      input and @FILE a file, one name a line
  --skip-unknown      leave out users who are not found, and do the others; the
                      end is then that of a job that is not complete

What, one of:
  --playbook contain  suspend, then end sessions and tokens. With it:
      --reset-password, --reset-factors
                      before that, give the user a password that nobody knows,
                      and take the factors
      --otherwise-deactivate
                      deactivate users who cannot be suspended, because they are
                      locked out, for example
  --playbook release  end a suspension or a lock
  --playbook quarantine --group GROUP
                      put the user into this group, and take them out of all
                      others except those of --keep GROUP (may be repeated; ids
                      or names)
  --playbook offboard deactivate, end sessions and tokens, revoke consents; with
                      --delete delete the user after that
  --action KIND       one action, may be repeated; or its JSON, where it has
                      more fields: {"kind":"reset_password","send_email":true}.
                      user_id and group_id are those of --user and --group where
                      they are missing; clear_sessions ends tokens and forgets
                      devices unless its JSON says otherwise
  --undo RECORDS      take back what this file of records says was done; with
                      --user only what was done to these users, with --of DIGEST
                      only what the plan with this digest did
  --list-actions      list all kinds with what each needs and loses, and end

Guards; without these flags they are at their strictest:
  --allow NAME        act on this user or group (id, login or name) although it
                      holds an admin role or owns an API token; may be repeated
  --protect NAME      never act on this user, this group or its members; may be
                      repeated
  --destructive KIND  let this kind run although it loses what nobody can bring
                      back; may be repeated
  --max-targets N     act on up to N users, groups and rules (default 25)
  --allow-unchecked   go on where a guard lacks the scope or the role to look

Approval; without one of these the plan is only shown:
  --apply             ask at the terminal, and run the plan after y or yes
  --approve DIGEST    run the plan if it is the one with this digest (or its
                      first 12 characters or more), and no other
  --by NAME           who approves (default: the user of this system)

The result:
  --record FILE       keep the records here (default
                      rezonate-okta/ORG.responses.jsonl where this system keeps
                      settings)
  --secrets FILE      write temporary passwords and links to this new file, for
                      its owner only; they are shown nowhere else
  --json              print the plan, or the report, as JSON, and a failure too

Examples:
  respond
  respond --credentials acme.json --playbook contain --user dana@example.com
  respond --credentials acme.json --playbook contain --user dana@example.com --apply
  respond --credentials acme.json --playbook contain --user - --max-targets 200 < list
  respond --credentials acme.json --playbook contain --user @list --approve 3f1c9a0b77de
  respond --credentials acme.json --playbook quarantine --user dana@example.com --group Quarantine --apply
  respond --credentials acme.json --action clear_sessions --user dana@example.com --apply
  respond --tenant-id acme --undo acme.okta.com.responses.jsonl --of 3f1c9a0b77de --apply

` + cli.ExitHelp + `  3 also means that a step of a plan that is only shown would not run, or that
  --approve is about another plan.
`
