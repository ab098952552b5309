package oktatest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The statuses of a user, except ACTIVE.
const (
	statusStaged        = "STAGED"
	statusProvisioned   = "PROVISIONED"
	statusRecovery      = "RECOVERY"
	statusExpired       = "PASSWORD_EXPIRED"
	statusLockedOut     = "LOCKED_OUT"
	statusSuspended     = "SUSPENDED"
	statusDeprovisioned = "DEPROVISIONED"
)

var userStatuses = []string{
	statusStaged, statusProvisioned, statusActive, statusRecovery, statusExpired, statusLockedOut, statusSuspended,
	statusDeprovisioned,
}

// The providers that check a user's password.
const (
	providerOkta       = "OKTA"
	providerAD         = "ACTIVE_DIRECTORY"
	providerLDAP       = "LDAP"
	providerImport     = "IMPORT"
	providerFederation = "FEDERATION"
	providerSocial     = "SOCIAL"
)

// defaultRealm is the id of the realm that users are in.
const defaultRealm = "guo000000000000015d7"

// providerNames are the names of the providers, by type.
var providerNames = map[string]string{
	providerOkta: "OKTA", providerAD: "corp.example.com", providerLDAP: "ldap.example.com", providerImport: "IMPORT",
	providerFederation: "FEDERATION", providerSocial: "SOCIAL",
}

// user is a person of the org.
type user struct {
	id, status       string
	provider         string
	realm            string // id of the realm
	profile          object
	created, updated time.Time
	activated        time.Time
	statusChanged    time.Time
	lastLogin        time.Time
	version          int // counts the changes of profile, status and credentials

	hasPassword     bool
	password        string // empty: known to nobody
	passwordChanged time.Time
	passwords       int // how often one was set
	question        string
	answer          string // to question

	factors          []*factor
	risk, riskReason string // the level that an administrator has set, and why; empty: none
	sessions         int
	grants           table[*userGrant]
	tokens           table[*refreshToken]
	issued           []issuedToken // access tokens; see user_tokens.go
	recoveryPhone    bool          // a phone number recovers the account; no list of factors shows it
	groups           []*group      // in order of their ids; see members.go
}

func (u *user) login() string { return u.profile["login"].(string) }

// name is the user's name as the System Log shows it.
func (u *user) name() string { return fmt.Sprint(u.profile["firstName"], " ", u.profile["lastName"]) }

// mastered reports whether a directory other than Okta holds the user's
// profile and password.
func (u *user) mastered() bool { return u.provider == providerAD || u.provider == providerLDAP }

// federated reports whether an identity provider signs the user in, without a
// password of Okta's.
func (u *user) federated() bool {
	return u.provider == providerFederation || u.provider == providerSocial
}

// touch notes a change of profile, status or credentials.
func (u *user) touch(now time.Time) {
	u.updated = now
	u.version++
}

// setStatus moves a user to a status, which may be the one it has.
func (u *user) setStatus(status string, now time.Time) {
	if u.status != status {
		u.status, u.statusChanged = status, now
	}
	u.touch(now)
}

// setPassword sets a password. Nobody knows an empty one.
func (u *user) setPassword(value string, now time.Time) {
	u.hasPassword, u.password, u.passwordChanged = true, value, now
	u.passwords++
	u.touch(now)
}

// addUser adds an active user; the login is made of the names and the number
// of the user.
func (o *Org) addUser(first, last string) *user {
	u := o.newUser()
	login := fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(first), strings.ToLower(last), o.counter["00u"])
	u.profile = newProfile(object{"firstName": first, "lastName": last, "login": login, "email": login})
	o.putUser(u)
	o.userChanged(u)
	return u
}

// newUser returns an active user with a password and without a profile.
func (o *Org) newUser() *user {
	now := o.now()
	return &user{
		id: o.newID("00u"), status: statusActive, provider: providerOkta, realm: defaultRealm,
		created: now, updated: now, activated: now, statusChanged: now,
		hasPassword: true, passwords: 1, passwordChanged: now,
	}
}

// userIndex finds users by login. Case does not matter.
type userIndex struct {
	logins map[string]*user
	short  map[string][]*user // by the login up to the @
}

// shortName is a login up to the @.
func shortName(login string) string {
	name, _, _ := strings.Cut(login, "@")
	return name
}

// putUser adds a user whose profile has a login.
func (o *Org) putUser(u *user) {
	o.users.put(u.id, u)
	o.userNames.add(u)
}

// dropUser forgets a user.
func (o *Org) dropUser(u *user) {
	o.users.remove(u.id)
	o.userNames.remove(u)
}

func (x *userIndex) add(u *user) {
	if x.logins == nil {
		x.logins, x.short = map[string]*user{}, map[string][]*user{}
	}
	login := strings.ToLower(u.login())
	x.logins[login] = u
	x.short[shortName(login)] = append(x.short[shortName(login)], u)
}

func (x *userIndex) remove(u *user) {
	login := strings.ToLower(u.login())
	delete(x.logins, login)
	name := shortName(login)
	rest := slices.DeleteFunc(x.short[name], func(other *user) bool { return other == u })
	if x.short[name] = rest; len(rest) == 0 {
		delete(x.short, name)
	}
}

// userNamed finds a user by id, login or short name, if only one has it.
func (o *Org) userNamed(name string) *user {
	if u, found := o.users.get(name); found {
		return u
	}
	name = strings.ToLower(name)
	if u := o.userNames.logins[name]; u != nil {
		return u
	}
	if same := o.userNames.short[name]; len(same) == 1 {
		return same[0]
	}
	return nil
}

// user returns the user of the path, by id, login or short name.
func (c *call) user() (*user, error) {
	if u := c.org.userNamed(c.param("user")); u != nil {
		return u, nil
	}
	return nil, notFound(c.param("user"), "User")
}

// userByID returns the user of the path, by id only.
func (c *call) userByID() (*user, error) {
	if u, found := c.org.users.get(c.param("user")); found {
		return u, nil
	}
	return nil, notFound(c.param("user"), "User")
}

// userToChange returns the user of the path, by id, login or short name, if
// the caller may write to it.
func (c *call) userToChange() (*user, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return u, c.touchUser(u)
}

// userByIDToChange is userToChange where only the id counts.
func (c *call) userByIDToChange() (*user, error) {
	u, err := c.userByID()
	if err != nil {
		return nil, err
	}
	return u, c.touchUser(u)
}
