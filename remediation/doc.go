// Package remediation responds to attacks in an Okta org: it suspends users,
// ends their sessions, resets factors, takes them out of groups and puts all of
// that back, with guards that keep an automatic response from locking the
// customer out.
//
// An action is a value, a playbook is a function to actions, and a [Responder]
// plans and runs them:
//
//	r := &remediation.Responder{
//		Client:   transport.Urgent().Client(), // passes the queues of collectors
//		Recorder: &remediation.FileRecorder{Path: "acme.records"},
//	}
//	report, err := r.Respond(ctx, policy, remediation.Contain(userID, remediation.ContainOptions{})...)
//
// does that by a standing [Policy], for automatic use. For people:
//
//	plan, err := r.BuildPlan(ctx, remediation.Contain(userID, remediation.ContainOptions{})...)
//	fmt.Print(plan)                                    // what will run, what will not, and why
//	report, err := r.Run(ctx, plan, plan.Approve("alice@example.com", time.Hour))
//	...
//	undo, err := r.BuildUndo(ctx, nil)                 // from the records, newest first
//
// # Plans
//
// BuildPlan reads each target and gives every step a [Verdict]: it will run, it
// is already so, a guard refuses it, or it is impossible from the user's status;
// then the plan says what would be lawful instead. Suspending works from ACTIVE
// only: of a user who is locked out the plan says that they cannot be suspended,
// rather than that they are. Each step is judged in the state that the one before
// it leaves.
//
// # Approval
//
// [Responder.Run] writes nothing without an [Approval] of the plan's digest,
// which covers the org, the actions with their targets, what the verdicts are
// based on and what a person is warned of; not what changes by itself, such as
// the time of the last sign-in. It is no signature: whoever can call Run can
// approve. Run reads each target again. One that has changed since is not acted
// on.
//
// # Guards
//
// [Guards] are on in their zero value: never the owner of the credential that
// does the work; who holds an admin role, a group that carries one and the owner
// of an API token only if they are named; no more than 25 targets; nothing that
// destroys what cannot be brought back unless its kind is named. A guard that
// cannot be evaluated refuses.
//
// # Records
//
// Run writes a [Record] before each request and one after it. If a record cannot
// be written, nothing is sent. What happened to a request whose answer was lost
// is found out by reading; where that cannot tell, the request is sent again if
// that does no harm, or else recorded as unknown, for a person to look at.
// Records hold no temporary password, no link and no other secret. They are believed:
// keep them where only those can write who may act on the org.
//
// # Many at once
//
// Targets are independent: one that cannot be read or written costs its own steps. A run
// holds the locks of its targets ([Recorder]), so that alerts about different users are
// handled side by side, and two about one user one after the other.
//
// # What acting needs
//
// [Scopes] and [Permissions] tell which OAuth scopes, and which permissions of a
// custom admin role, a set of actions takes; [GuardScopes] and
// [GuardPermissions] what the guards take to look. Onboarding grants them:
//
//	desired.Scopes = scopes.Visibility.Union(remediation.Scopes(actions...))
//	desired.Permissions = append(remediation.Permissions(actions...), remediation.GuardPermissions(guards)...)
//
// The role READ_ONLY_ADMIN beside the custom role does not show who holds admin
// roles.
package remediation
