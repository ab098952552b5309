// Package oauthapp sets up an OAuth service app in a customer's Okta org and
// proves that it works.
//
// A security product reads a customer's org as a service app: an app without
// users, which signs its token requests with a private key that never leaves
// the product. Setting one up needs a Super Admin's credential, once. The work
// has three parts:
//
//	plan, err := oauthapp.BuildPlan(ctx, admin, desired, nil)     // reads only
//	result, err := plan.Apply(ctx, func(e oauthapp.Event) { ... }) // writes what is missing
//	report, err := oauthapp.Verify(ctx, creds, oauthapp.VerifyOptions{Patience: 10 * time.Second})
//
// [BuildPlan] checks everything that can be known before the first write and
// tells it in one go: the credential works, its owner is a Super Admin, and
// which app of this label is there already. [Plan.Steps] are the steps still to
// do, so a dry run is BuildPlan alone; Plan.Unseen is what the wanted role will not
// show. [Plan.Apply] does the steps. [Verify] mints a token with the new key and
// asks for one object of everything that its scopes read. Two more calls end the
// job:
//
//	result, err = plan.ReadBack(ctx, nil)   // what the app holds now that it was used
//	err = plan.RevokeAPIToken(ctx, nil)     // leaves no Super Admin's token behind
//
// # Store the key first
//
// The caller makes the key pair with [oktaint.GenerateKey] and stores it
// before it calls Apply; [Desired] takes the public half only. A key that was
// lost after the app was made leaves an app that nobody can use.
//
// # Running it again
//
// An app is recognised by its exact label and by the RFC 7638 thumbprint of
// its key, because Okta allows many apps of one label. Running the same
// Desired again finds the app and does what is still missing, or nothing. An
// app of the label that holds only other keys is an [*OtherKeyError], and
// nothing is written.
//
// A write whose answer was lost may have taken effect. Apply looks before it
// sends such a write again, so that a broken connection never makes a second
// app. A journal carries that knowledge over to another process, and [Rollback]
// removes what a journal says was made.
//
// # The journal
//
// A journal is a [durable.State] that belongs to one app of one org: a
// [durable.File], for which [DefaultJournalPath] names a good place, or a row of
// the caller's database. Each write is in it before it is sent. It never holds a
// secret.
//
// Two runs that share a journal never both write: the one whose Save comes
// second stops before its next request, with an error that wraps
// [durable.ErrConflict]. Two runs that share none may both create the app. Then
// the one whose create the org lists later stops with an error that names both
// apps, or both runs do.
//
// # Changing it later
//
// Another Desired for the same app is a change: BuildPlan shows the difference
// as steps, and Apply makes it. More scopes are granted, another role is
// assigned, DPoP and network zones are set; an app that is named by its id gets
// another label. What the app has beyond Desired is taken away only where the
// journal says that it was made from here, or if Desired.Exact says so. The
// plan warns of the rest.
//
// # Roles
//
// A scope says what a token may be used for, an admin role what its app may
// see and change. Both are needed. The standard role is READ_ONLY_ADMIN unless
// Desired names another one. An app that acts on users and groups holds a
// custom role beside it, because no custom role is known to reach the System
// Log. That role has the permissions of Desired and is held over a resource set
// of all users and groups. Both are labelled "LABEL (CLIENTID)", by which they
// are found again; they keep their label when the app gets another one. All
// roles are assigned before the first scope is granted.
//
// SUPER_ADMIN is assigned only if Desired names it. An org may give it to every
// new app, after its first grant (the setting "Public client app admins", see
// [Plan].SuperAdminByDefault). It is taken away again if this run, or its
// journal, created the app, the app did not hold the role before its first
// grant, and another role is wanted. In any other case, and for the app whose
// own token does the work, it is reported and left alone.
//
// # Credentials for the work
//
// The work takes the temporary API token of a Super Admin, or the OAuth token
// of an app that has [BootstrapScopes] and SUPER_ADMIN, which never loses that role
// by its own work. After [Plan.RevokeAPIToken] a second run of the same
// journal gets [ErrTokenRevoked] from BuildPlan: the app can still be verified.
//
// # Other ways in
//
// A customer may install the vendor's store integration instead: the package
// [github.com/rezonate-io/okta-integration/oauthapp/integration] looks after it. One who
// hands over an API token is told by [CheckAPIToken] whose it is, what it may do beyond
// reading, and when it ends.
package oauthapp
