package oktatest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Lag says how late an org shows what requests have changed. A write answers at
// once, with its result, and the next write builds on it. A read within the lag
// answers as the org was before: a list lacks a new app and has a deleted one,
// a GET of the new app is 404 E0000007, and one of a changed app has the old
// values. Okta documents no such delay; the lags are those that its clients met.
//
// The zero value shows everything at once. Calls of Go functions, such as
// [Org.AddUser], do not start a lag, but while one lasts their effect is not
// shown either. The System Log and the org's own documents are never late.
type Lag struct {
	// All is the least lag of everything below, except Privileges.
	All time.Duration

	// Lists is how late lists and searches are.
	Lists time.Duration

	// Objects is how late a GET of one object is.
	Objects time.Duration

	// Roles is how late a change of admin roles takes effect. The lists and
	// objects of roles, their assignments and bindings are at least as late.
	Roles time.Duration

	// Tokens is how late the token endpoint knows of new and changed clients,
	// keys, secrets and grants.
	Tokens time.Duration

	// Privileges is how long after an app's first grant the setting "Public
	// client app admins" makes the app a Super Admin. The lag of Roles comes on
	// top.
	Privileges time.Duration
}

// least returns the lag with All applied.
func (l Lag) least() Lag {
	return Lag{
		All: l.All, Lists: max(l.Lists, l.All), Objects: max(l.Objects, l.All), Roles: max(l.Roles, l.All),
		Tokens: max(l.Tokens, l.All), Privileges: l.Privileges,
	}
}

func (l Lag) check() error {
	for _, d := range []time.Duration{l.All, l.Lists, l.Objects, l.Roles, l.Tokens, l.Privileges} {
		if d < 0 {
			return fmt.Errorf("oktatest: lag %v is negative", d)
		}
	}
	return nil
}

// version is what an org was until a request changed it.
type version struct {
	until time.Time
	org   *Org // holds nothing but what reads need
}

// remember keeps what the org is, before a change at this time, which is not
// before that of the last one.
func (o *Org) remember(now time.Time) {
	longest := max(o.cfg.Lag.Lists, o.cfg.Lag.Objects, o.cfg.Lag.Roles, o.cfg.Lag.Tokens)
	if longest == 0 {
		return
	}
	for len(o.versions) > 0 && !o.versions[0].until.After(now.Add(-longest)) {
		o.versions = o.versions[1:]
	}
	if n := len(o.versions); n > 0 && o.versions[n-1].until.Equal(now) {
		return // of all that happens at one time reads show what was before the first
	}
	old := &Org{cfg: o.cfg, host: o.host, id: o.id, token: o.token}
	old.store = o.store.copy()
	o.versions = append(o.versions, version{now, old})
}

// before returns the org as it was so long ago.
func (o *Org) before(lag time.Duration) *Org {
	if lag == 0 {
		return o
	}
	at := o.now().Add(-lag)
	for _, v := range o.versions {
		if v.until.After(at) {
			return v.org
		}
	}
	return o
}

// seenBy returns the org that a request shows: for a write the org itself, for
// a read what it was before the lag.
func (o *Org) seenBy(row *route) *Org {
	lag := o.cfg.Lag
	switch {
	case row.method != http.MethodGet || row.flags&public != 0 || neverLate[row.pattern]:
		return o
	case strings.Contains(row.pattern, "/roles") || strings.Contains(row.pattern, "/bindings") || strings.Contains(row.pattern, "/assignees"):
		if row.ofOne() {
			return o.before(max(lag.Roles, lag.Objects))
		}
		return o.before(max(lag.Roles, lag.Lists))
	case row.ofOne():
		return o.before(lag.Objects)
	}
	return o.before(lag.Lists)
}

// neverLate are the reads that a lag leaves alone.
var neverLate = map[string]bool{"/api/v1/logs": true, "/api/v1/org": true, "/api/v1/users/me": true, pathPrivileges: true}

// ofOne reports whether the path of a route ends in the id of one object.
func (row *route) ofOne() bool { return isParam(row.elems[len(row.elems)-1]) }

// lateAdmin is an app that becomes a Super Admin.
type lateAdmin struct {
	client *client
	at     time.Time
}

// giveLatePrivileges makes those apps Super Admins whose time has come.
func (o *Org) giveLatePrivileges() {
	now := o.now()
	for len(o.lateAdmins) > 0 && !now.Before(o.lateAdmins[0].at) {
		late := o.lateAdmins[0]
		o.lateAdmins = o.lateAdmins[1:]
		o.remember(late.at)
		if cl := late.client; o.clients[cl.id] == cl && o.makeAdmin(cl) {
			path := "/api/v1/apps/" + cl.app.id + "/grants"
			o.addEvent(eventPrivilege, textPrivilege, systemActor, []party{partyOfApp(cl.app)}, path)
		}
	}
}
