package oktatest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// userBody is what a request says of a user.
type userBody struct {
	Profile     object   `json:"profile"`
	GroupIDs    []string `json:"groupIds"`
	RealmID     string   `json:"realmId"`
	Credentials *struct {
		Password *passwordBody `json:"password"`
		Question *questionBody `json:"recovery_question"`
		Provider *struct {
			Type string `json:"type"`
		} `json:"provider"`
	} `json:"credentials"`
}

// password is the password that the request sets, or nil.
func (in *userBody) password() *passwordBody {
	if in.Credentials == nil || in.Credentials.Password.empty() {
		return nil
	}
	return in.Credentials.Password
}

// recovery is the recovery question that the request sets, or nil.
func (in *userBody) recovery() *questionBody {
	if in.Credentials == nil {
		return nil
	}
	return in.Credentials.Question
}

// checkRealm refuses what does not have the form of a realm id.
func (in *userBody) checkRealm() error {
	if in.RealmID != "" && (len(in.RealmID) != len(defaultRealm) || !strings.HasPrefix(in.RealmID, "guo")) {
		return invalid("realmId", "realmId: The field is not the id of a realm")
	}
	return nil
}

// createUser makes a user: STAGED if it is not to be activated, PROVISIONED
// without a password.
func (c *call) createUser() (reply, error) {
	if err := c.requireEverywhere(createUsers); err != nil {
		return reply{}, err
	}
	var in userBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	u, err := c.readNewUser(&in)
	if err != nil {
		return reply{}, err
	}
	groups, err := c.groupsToJoin(in.GroupIDs)
	if err != nil {
		return reply{}, err
	}
	u.id = c.org.newID("00u")
	c.org.putUser(u)
	c.org.userChanged(u)
	c.recordAbout("user.lifecycle.create", "Create Okta user", partyOfUser(u))
	for _, g := range groups {
		c.org.join(g, u)
		c.recordAbout(eventJoin, textJoin, partyOfUser(u), partyOfGroup(g))
	}
	return ok(c.org.viewOneUser(u))
}

// readNewUser reads the user that is to be made.
func (c *call) readNewUser(in *userBody) (*user, error) {
	activate, err := c.flag("activate", true)
	if err != nil {
		return nil, err
	}
	if err := c.checkNextLogin(in, activate); err != nil {
		return nil, err
	}
	if err := c.org.checkProfile(in.Profile, nil, "newUser"); err != nil {
		return nil, err
	}
	if err := in.checkRealm(); err != nil {
		return nil, err
	}
	now := c.org.now()
	u := &user{provider: providerOkta, realm: cmp.Or(in.RealmID, defaultRealm), profile: newProfile(in.Profile), created: now, updated: now, status: statusStaged}
	if err := c.readProvider(in, u); err != nil {
		return nil, err
	}
	if err := setCredentials(u, in, now); err != nil {
		return nil, err
	}
	if activate {
		u.setStatus(u.activeStatus(), now)
		u.activated = now
	}
	if c.query.Get("nextLogin") == "changePassword" {
		u.setStatus(statusExpired, now)
	}
	return u, nil
}

// checkNextLogin checks that a user whose password is to expire at once is
// active and has one.
func (c *call) checkNextLogin(in *userBody, activate bool) error {
	const text = "Could not create user. To create a user and expire their password immediately, "
	bad := func(code, why string) error {
		return &apiError{status: http.StatusBadRequest, code: code, summary: text + why, causes: []string{text + why}}
	}
	switch c.query.Get("nextLogin") {
	case "":
		return nil
	case "changePassword":
	default:
		return invalid("nextLogin", "nextLogin: must be changePassword")
	}
	switch {
	case !activate:
		return bad("E0000125", "`activate` must be true.")
	case in.password() == nil:
		return bad("E0000124", "a password must be specified.")
	}
	return nil
}

// readProvider reads the provider, which counts with provider=true only.
func (c *call) readProvider(in *userBody, u *user) error {
	given, err := c.flag("provider", false)
	if err != nil || !given {
		return err
	}
	allowed := []string{providerOkta, providerFederation, providerSocial}
	if in.Credentials == nil || in.Credentials.Provider == nil || !slices.Contains(allowed, in.Credentials.Provider.Type) {
		return invalid("credentials.provider", "credentials.provider: The field is not a provider")
	}
	u.provider = in.Credentials.Provider.Type
	return nil
}

// setCredentials gives a user the credentials of a request.
func setCredentials(u *user, in *userBody, now time.Time) error {
	if question := in.recovery(); question != nil {
		if err := question.check(); err != nil {
			return err
		}
		u.question, u.answer = question.Question, question.Answer
		u.touch(now)
	}
	p := in.password()
	if p == nil {
		return nil
	}
	if err := p.check(); err != nil {
		return err
	}
	if len(p.Hash) > 0 || len(p.Hook) > 0 {
		u.provider = providerImport
	}
	u.setPassword(p.Value, now)
	return nil
}

// groupsToJoin returns the groups that a new user is to be a member of.
func (c *call) groupsToJoin(ids []string) ([]*group, error) {
	if len(ids) > 0 {
		if err := c.require(joinGroups); err != nil {
			return nil, err
		}
	}
	var groups []*group
	for _, id := range ids {
		g, found := c.org.groups.get(id)
		if !found {
			return nil, notFound(id, "UserGroup")
		}
		if err := c.requireMembers(g); err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// updateUser changes a part of a user: attributes that it names, a password.
func (c *call) updateUser() (reply, error) {
	u, in, err := c.readChange()
	if err != nil {
		return reply{}, err
	}
	var profile object
	if in.Profile != nil {
		profile = maps.Clone(u.profile)
		for name, value := range in.Profile {
			setAttribute(profile, name, value)
		}
	}
	return c.changeUser(u, in, profile)
}

// replaceUser replaces the profile, the credentials or both. An attribute that
// the profile does not name is gone. What the request has no part for stays, the
// password too, as the clients of Okta found.
func (c *call) replaceUser() (reply, error) {
	u, in, err := c.readChange()
	if err != nil {
		return reply{}, err
	}
	var profile object
	if in.Profile != nil || in.Credentials == nil {
		if err := c.org.checkProfile(in.Profile, u, "profile"); err != nil {
			return reply{}, err
		}
		profile = newProfile(in.Profile)
	}
	return c.changeUser(u, in, profile)
}

// readChange reads a change of the user of the path and checks whether its
// status, its provider and its ETag allow it.
func (c *call) readChange() (*user, *userBody, error) {
	u, err := c.userToChange()
	if err != nil {
		return nil, nil, err
	}
	in := &userBody{}
	if err := c.decode(in); err != nil {
		return nil, nil, err
	}
	if want := c.r.Header.Get("If-Match"); want != "" && want != "*" && want != u.etag() {
		return nil, nil, errETag
	}
	switch {
	case u.status == statusDeprovisioned:
		return nil, nil, errStatus
	case u.mastered() && (in.Profile != nil || in.password() != nil):
		return nil, nil, errMastered
	}
	return u, in, nil
}

// changeUser carries out a change: a profile unless it is nil, and credentials.
// Nothing changes if any part of it is refused.
func (c *call) changeUser(u *user, in *userBody, profile object) (reply, error) {
	if err := c.checkChange(u, in, profile); err != nil {
		return reply{}, err
	}
	now := c.org.now()
	if profile != nil {
		if c.org.changeProfile(u, profile) {
			u.touch(now)
		}
		u.updated = now
		c.recordAbout("user.account.update_profile", "Update user profile for Okta", partyOfUser(u))
	}
	if in.RealmID != "" {
		u.realm = in.RealmID
	}
	if err := setCredentials(u, in, now); err != nil {
		return reply{}, err
	}
	if in.password() != nil {
		u.passwordKnown(now)
		c.recordAbout("user.account.update_password", "User update password for Okta", partyOfUser(u))
	}
	c.org.userChanged(u)
	return ok(c.org.viewOneUser(u))
}

// checkChange refuses what the caller may not do and what a user cannot have.
func (c *call) checkChange(u *user, in *userBody, profile object) error {
	if profile != nil {
		if err := c.requireOn(u, manageProfiles); err != nil {
			return err
		}
		if err := c.org.checkProfile(profile, u, "profile"); err != nil {
			return err
		}
	}
	if err := in.checkRealm(); err != nil {
		return err
	}
	if in.password() == nil && in.recovery() == nil {
		return nil
	}
	if err := c.requireOn(u, manageCredentials); err != nil {
		return err
	}
	trial := *u
	return setCredentials(&trial, in, c.org.now())
}

// deleteUser deletes a user who is deprovisioned, and deactivates any other.
func (c *call) deleteUser() (reply, error) {
	u, err := c.userToChange()
	if err != nil {
		return reply{}, err
	}
	if u.status != statusDeprovisioned {
		if err := c.requireOn(u, deactivateUsers); err != nil {
			return reply{}, err
		}
		if _, err := c.transit(u, "deactivate"); err != nil {
			return reply{}, err
		}
		return noContent()
	}
	if err := c.requireOn(u, deleteUsers); err != nil {
		return reply{}, err
	}
	c.recordAbout("user.lifecycle.delete.initiated", "Delete Okta user initiated", partyOfUser(u))
	c.org.userGone(u)
	c.org.dropRolesOf(u.id)
	c.org.dropUser(u)
	return noContent()
}
