// Package scopes has the OAuth 2.0 scopes of Okta's APIs: their names, what
// they mean, and sets of them.
//
// A scope says what an app may ask for. The admin roles of the app decide which
// objects it reaches. Both are needed. This module uses three sets:
//
//   - [Visibility] reads assets, privileges and activities;
//   - [VisibilityExtended] reads what only some orgs have;
//   - [Remediation] acts on users and groups.
//
// A [Set] is immutable and compares with ==:
//
//	want := scopes.Visibility.Union(scopes.Remediation)
//	if missing := want.Minus(granted); !missing.IsEmpty() {
//		log.Printf("not granted: %v", missing)
//	}
//
// The catalogue is that of Okta's published API descriptions, release 2026.06.
// Okta adds and removes scopes every few months, so sets keep a scope that is not
// in the catalogue. [Scope.Known] and [Set.Unknown] report it, [Set.CheckKnown] makes
// it an error, and [Suggest] returns the scope that was probably meant.
package scopes
