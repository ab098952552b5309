// Package inventory reads what an Okta org has: its assets, and who may do what.
//
// The catalogue says what there is to read, a [Resource] a row: its path and scope,
// which admin roles see it, and how to tell one object from another. [Collect] reads
// all core resources into a [Sink], resumes where an earlier run was broken off, and
// reports for each resource whether it is complete, and if not, why, and who can
// change that:
//
//	c := oktaint.NewClient(creds, nil)
//	files, err := inventory.OpenFiles("acme", inventory.FileOptions{})
//	if err != nil {
//		return err
//	}
//	defer files.Close()
//	report, err := inventory.Collect(ctx, c, files, inventory.Options{
//		Roles:       creds.Roles,
//		Checkpoints: durable.File{Path: "acme/checkpoint.json"},
//	})
//	if err != nil {
//		return err // broken off: the next run goes on from here
//	}
//	for _, row := range report.Rows {
//		fmt.Println(row.Resource, row.Status, row.Count, row.Why)
//	}
//
// [Delta] brings up to date what an earlier run left in such a folder, or in another
// [Store], for a small part of the requests, and says what was added, changed and deleted.
//
// [Probe] asks for one object of each resource, and so says what a credential sees
// before anything is collected.
//
// # What it does not do
//
// It never asks for a scope by itself: all are in the one token request of the
// client. It reads no client secret unless app-client-secrets is named, and even then
// the values are dropped before the Sink. Rows that cost a request for each user, such
// as factors, are collected only by name.
//
// Members of the group Everyone are not read: they are the users. Of members and of
// the apps of groups only the ids are kept, unless [Options].FullMembers is set.
//
// # Complete, and what is less than that
//
// A list that the role of the credential is known to filter is never called complete.
// Which role that is, the org says if the credential may look; otherwise
// [Options].Roles does. What a standard role is known not to see is [BeyondRole] and no
// failure. What it should see and does not is [Refused].
package inventory
