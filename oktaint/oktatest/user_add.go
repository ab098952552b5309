package oktatest

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// User says what kind of user [Org.AddUser] makes. The zero value is an
// ACTIVE user with a generated login, mastered by Okta, with a password that
// nobody knows.
type User struct {
	// Login is the login and, if the profile has none, the email address.
	// The default is made of the names and the number of the user.
	Login string

	// Status is any of Okta's statuses; the default is ACTIVE. A PROVISIONED
	// user has no password, and a DEPROVISIONED one no sessions, factors,
	// grants and tokens, whatever is said below.
	Status string

	// Provider is the type of the provider that checks the password: OKTA,
	// ACTIVE_DIRECTORY, LDAP, IMPORT, FEDERATION or SOCIAL. The default is
	// OKTA. Users of FEDERATION and SOCIAL have no password.
	Provider string

	// Profile holds attributes. Those that Okta does not have by itself are
	// custom attributes from then on, for all users.
	Profile map[string]any

	// NoPassword makes a user without a password.
	NoPassword bool

	// Factors are the types of the second factors, all active: push,
	// signed_nonce, sms, call, email, token:software:totp, webauthn,
	// question.
	Factors []string

	// RecoveryPhone gives the user a phone number that recovers the account and is no
	// factor. Users with a factor of sms or call have one in any case.
	RecoveryPhone bool

	// Sessions is the number of sessions.
	Sessions int

	// Clients are the ids of clients that have a consent grant and a
	// refresh token of the user. They need not be clients of the org.
	Clients []string

	// Groups are the ids of the groups to be a member of, in addition to Everyone.
	Groups []string

	// Roles are standard admin roles, ORG_ADMIN for example.
	Roles []string
}

// AddUser makes a user at once, without an event in the System Log, and
// returns the user's id. It panics if in makes no sense: an unknown status,
// provider, factor, role or group, or a login in use.
func (o *Org) AddUser(in User) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.checkUser(in); err != nil {
		panic("oktatest: " + err.Error())
	}
	u := o.newUser()
	for name := range in.Profile {
		if !isBaseAttribute(name) {
			o.attributes[name] = true
		}
	}
	u.profile = newProfile(plainJSON(o.profileOf(in)))
	if err := o.checkProfile(u.profile, nil, "newUser"); err != nil {
		panic("oktatest: add user: " + fmt.Sprint(u.profile, ": ", err))
	}
	if in.Provider != "" {
		u.provider = in.Provider
	}
	o.putUser(u)
	o.startUser(u, in)
	return u.id
}

// plainJSON returns what a value looks like as a JSON object of a request.
func plainJSON(value any) object {
	text, err := marshal(value)
	var plain object
	if err == nil {
		err = unmarshal(text, &plain)
	}
	if err != nil {
		panic("oktatest: add user: " + err.Error())
	}
	return plain
}

// checkUser refuses what is unknown.
func (o *Org) checkUser(in User) error {
	if in.Status != "" && !slices.Contains(userStatuses, in.Status) {
		return fmt.Errorf("unknown status %q", in.Status)
	}
	if in.Provider != "" && providerNames[in.Provider] == "" {
		return fmt.Errorf("unknown provider %q", in.Provider)
	}
	if in.Sessions < 0 {
		return fmt.Errorf("%d sessions", in.Sessions)
	}
	for _, kind := range in.Factors {
		if factorKinds[kind].prefix == "" {
			return fmt.Errorf("unknown factor type %q", kind)
		}
	}
	if err := checkRoles(in.Roles); err != nil {
		return err
	}
	for _, id := range in.Groups {
		if _, found := o.groups.get(id); !found {
			return fmt.Errorf("no group has the id %q", id)
		}
	}
	if slices.Contains(in.Clients, "") {
		return fmt.Errorf("a client without an id")
	}
	return nil
}

// profileOf fills in what a profile needs.
func (o *Org) profileOf(in User) object {
	number := o.counter["00u"]
	profile := object{"firstName": "Test", "lastName": fmt.Sprint("User ", number)}
	maps.Copy(profile, in.Profile)
	if in.Login != "" {
		profile["login"] = in.Login
	}
	if profile["login"] == nil {
		profile["login"] = fmt.Sprintf("test.user.%d@example.com", number)
	}
	if profile["email"] == nil {
		profile["email"] = profile["login"]
	}
	return profile
}

// startUser brings a new user into its status, with all that it has.
func (o *Org) startUser(u *user, in User) {
	if in.Status != "" {
		u.status = in.Status
	}
	if in.NoPassword || u.status == statusProvisioned || u.federated() {
		u.hasPassword, u.passwords, u.passwordChanged = false, 0, time.Time{}
	}
	if u.status == statusStaged {
		u.activated, u.statusChanged = time.Time{}, time.Time{}
	}
	u.sessions, u.recoveryPhone = in.Sessions, in.RecoveryPhone
	for _, kind := range in.Factors {
		o.enroll(u, kind)
	}
	for _, id := range in.Clients {
		o.userClients[id] = true
		o.consent(u, id)
	}
	for _, id := range in.Groups {
		g, _ := o.groups.get(id)
		o.join(g, u)
	}
	for _, role := range slices.Compact(slices.Sorted(slices.Values(in.Roles))) {
		o.assign(principal{principalUser, u.id}, role)
	}
	if u.status == statusDeprovisioned {
		o.stripUser(u)
	}
	o.userChanged(u)
}
