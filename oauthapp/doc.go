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
// [BuildPlan] checks everything that can be known before the first write: the
// credential works, its owner is a Super Admin, and which app of this label is
// there already. [Plan.Steps] are the steps still to do, so a dry run is
// BuildPlan alone. [Plan.Apply] does them. [Verify] mints a token with the new
// key and reads one object of each of the most important kinds.
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
// app. A [Journal] carries that knowledge over to another process.
//
// # Roles
//
// A scope says what a token may be used for, an admin role what its app may
// see. Both are needed. The role is READ_ONLY_ADMIN unless Desired names
// another one, and it is assigned before the first scope is granted.
package oauthapp
