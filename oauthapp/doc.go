// Package oauthapp is the life of an OAuth service app in a customer's Okta org: it sets
// the app up, changes it, rotates its key, takes it away, and says that something is done
// only when the org shows it.
//
// A security product reads a customer's org as a service app: an app without
// users, which signs its token requests with a private key that never leaves
// the product. Setting one up needs a Super Admin's credential, once. The work
// has three parts:
//
//	plan, err := oauthapp.BuildPlan(ctx, admin, desired, nil) // reads only
//	result, err := plan.Apply(ctx)                            // writes what is missing
//	report, err := oauthapp.Verify(ctx, result.Credentials(key), oauthapp.VerifyOptions{Patience: 10 * time.Second})
//
// [BuildPlan] checks everything that can be known before the first write and
// tells it in one go: the credential works, its owner is a Super Admin, and
// which app of this label is there already. [Plan.Steps] are the steps still to
// do, so a dry run is BuildPlan alone; Plan.Choices say what each choice of a role shows,
// and Plan.Unseen what the wanted one will not. [Plan.Apply] does the steps, side by side
// where they do not need each other, and reads back what the org has then. [Verify] mints
// a token with the new key and asks for one object of everything that its scopes read. Two
// more calls end the job:
//
//	result, err = plan.ReadBack(ctx)          // what the app holds now that it was used
//	err = plan.RevokeAPIToken(ctx, report)    // leaves no Super Admin's token behind
//
// # What done means
//
// What was asked for and is not so at the end is in Result.Unmet, and [Result.Err] makes
// one error of it: a scope that the org refused, a role that it accepted and does not show
// after 10 seconds, a grant that was to go and is still there. What was left because nobody
// asked for its removal is in Result.Left, and is no failure. RevokeAPIToken refuses while
// something is not as wanted. An answer counts as the org's word only if it has Okta's form:
// a proxy's 404 is never "not there", and its 200 never "done". What was just made may not
// be shown yet, so "not there" is believed of it only after 10 seconds.
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
// app. A journal carries that knowledge over to another process.
//
// # The journal
//
// A journal is a [durable.State] that belongs to one app of one org: a
// [durable.File], for which [DefaultJournalPath] names a good place, or a row of
// the caller's database. Each write is in it before it is sent. It never holds a
// secret. It decides nothing but what [BuildRollback] and [BuildOffboard] may delete.
//
// Two runs that share a journal never both write: the one whose Save comes
// second stops before its next request, with an error that wraps
// [durable.ErrConflict]. Two runs that share none may both create the app. Then
// both are told, whether they have the same key or each their own, or the second one
// finds the app of the first.
//
// # Changing it later
//
// Another Desired for the same app is a change: BuildPlan shows the difference
// as steps, and Apply makes it. More scopes are granted, another role is
// assigned beside the old one, DPoP and network zones are set; an app that is named by its
// id gets another label. Nothing is taken away unless Desired.Remove names it, or
// Desired.Exact says that the app is to have nothing else.
//
// # Roles
//
// A scope says what a token may be used for, an admin role what its app may
// see and change. Both are needed. The default is the visibility profile
// ([RoleVisibility]): READ_ONLY_ADMIN, and a custom role of the app's own, the IAM reader,
// without which nobody below SUPER_ADMIN sees who holds which role. An app that acts on
// users and groups holds one more custom role, with the permissions of Desired, over a
// resource set of all users and groups. No custom role is known to reach the System Log,
// so READ_ONLY_ADMIN stays beside them. Roles and sets are labelled "LABEL (CLIENTID)",
// those of the IAM reader with " IAM reader" behind it, by which they are found again; they
// keep their label when the app gets another one. All roles are assigned before the first
// scope is granted.
//
// That an org takes the resource set of the IAM reader rests on what peers report. One that
// refuses it is set up without, which Result.Unmet says.
//
// SUPER_ADMIN is assigned only if Desired names it. An org may give it to every
// new app, some seconds after its first grant (the setting "Public client app admins", see
// [Plan].SuperAdminByDefault). It is taken away again if this run, or its
// journal, created the app, the app did not hold the role before its first
// grant, and another role is wanted. In any other case, and for the app whose
// own token does the work, it is left alone, and is in Result.Unmet.
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
// oauthapp/integration is its life. One who hands over an API token is told by
// [CheckAPIToken] whose it is, what it may do beyond reading, and when it ends.
package oauthapp
