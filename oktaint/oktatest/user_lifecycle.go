package oktatest

import "slices"

// transition is one of the operations below /users/{id}/lifecycle.
type transition struct {
	from    []string                                    // the statuses it is allowed in
	offered bool                                        // also in those whose _links offer it, if Config.SuspendAsOffered
	allowed func(*user) bool                            // what else must be true; nil: nothing
	refuse  func(*user) error                           // the answer where it is not allowed
	to      func(*user) string                          // the status it leads to; nil: the same
	options func(*call) (options, error)                // reads the query; nil: there is none
	effect  func(*call, *user, options) (answer object) // what else it does, and the body; nil: nothing, {}
	silent  func(*user) bool                            // whether there is nothing to do, 200 all the same; nil: never
	event   string
	text    string
}

// options are the parameters of a transition.
type options struct {
	sendEmail      bool
	revokeSessions bool
	tempPassword   bool
}

// transitions is the state machine of users.
var transitions = map[string]transition{
	"activate": {
		from: []string{statusStaged, statusDeprovisioned}, refuse: refuseActivation,
		to: (*user).activeStatus, options: emailOption(true), effect: (*call).giveActivation,
		event: "user.lifecycle.activate", text: "Activate Okta user",
	},
	"reactivate": {
		from: []string{statusProvisioned, statusRecovery}, refuse: refuseWith(errStatus),
		options: emailOption(false), effect: (*call).giveActivation,
		event: "user.lifecycle.reactivate", text: "Reactivate Okta user",
	},
	"suspend": {
		from: []string{statusActive}, offered: true, refuse: refuseWith(errSuspend), to: always(statusSuspended),
		event: "user.lifecycle.suspend", text: "Suspend Okta user",
	},
	"unsuspend": {
		from: []string{statusSuspended}, refuse: refuseWith(errUnsuspend), to: always(statusActive),
		event: "user.lifecycle.unsuspend", text: "Unsuspend Okta user",
	},
	"deactivate": {
		from: allBut(statusDeprovisioned), refuse: func(u *user) error { return notFound(u.id, "User") },
		to: always(statusDeprovisioned), options: emailOption(false), effect: (*call).strip,
		event: "user.lifecycle.deactivate", text: "Deactivate Okta user",
	},
	"unlock": {
		from: []string{statusLockedOut}, allowed: func(u *user) bool { return u.provider == providerOkta },
		refuse: refuseWith(errUnlock), to: always(statusActive),
		event: "user.account.unlock_by_admin", text: "Unlock user account by admin",
	},
	"expire_password": {
		from: []string{statusActive, statusExpired}, allowed: hasPassword, refuse: refuseWith(errStatus),
		to: always(statusExpired), options: tempPasswordOption, effect: (*call).expirePassword,
		event: "user.account.expire_password", text: "User's Okta password is expired",
	},
	"expire_password_with_temp_password": {
		from: []string{statusActive}, allowed: hasPassword, refuse: refuseWith(errStatus),
		to: always(statusExpired), options: revokeOption, effect: (*call).giveTempPassword,
		event: "user.account.expire_password", text: "User's Okta password is expired",
	},
	"reset_password": {
		from:    []string{statusActive, statusExpired, statusLockedOut, statusRecovery},
		allowed: func(u *user) bool { return u.hasPassword && !u.mastered() },
		refuse:  refuseWith(errReset), to: always(statusRecovery), options: resetOptions, effect: (*call).giveReset,
		event: "user.account.reset_password", text: "User reset password for Okta (by admin)",
	},
	"reset_factors": {
		from:   []string{statusActive, statusExpired, statusLockedOut, statusRecovery, statusProvisioned, statusSuspended},
		refuse: refuseWith(errStatus), effect: (*call).dropFactors,
		silent: func(u *user) bool { return len(u.factors) == 0 },
		event:  "user.mfa.factor.reset_all", text: "Reset all factors for user",
	},
}

// activeStatus is what an activation leads to.
func (u *user) activeStatus() string {
	if u.hasPassword || u.federated() {
		return statusActive
	}
	return statusProvisioned
}

func hasPassword(u *user) bool { return u.hasPassword }

func always(status string) func(*user) string { return func(*user) string { return status } }

func allBut(status string) []string {
	return slices.DeleteFunc(slices.Clone(userStatuses), func(s string) bool { return s == status })
}

func refuseWith(err error) func(*user) error { return func(*user) error { return err } }

func refuseActivation(u *user) error {
	if u.status == statusActive {
		return errActive
	}
	return errStatus
}

// lifecycle returns the handler of a transition.
func lifecycle(name string) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		u, err := c.userToChange()
		if err != nil {
			return reply{}, err
		}
		answer, err := c.transit(u, name)
		if err != nil {
			return reply{}, err
		}
		return ok(answer)
	}
}

// transit moves a user along a transition and returns the body to answer with.
func (c *call) transit(u *user, name string) (object, error) {
	t := transitions[name]
	var opts options
	if t.options != nil {
		var err error
		if opts, err = t.options(c); err != nil {
			return nil, err
		}
	}
	if !c.org.startsFrom(t, u.status) || t.allowed != nil && !t.allowed(u) {
		return nil, t.refuse(u)
	}
	answer := object{}
	if t.silent != nil && t.silent(u) {
		return answer, nil
	}
	if t.to != nil {
		c.org.moveUser(u, t.to(u))
	}
	if t.effect != nil {
		answer = t.effect(c, u, opts)
	}
	c.recordAbout(t.event, t.text, partyOfUser(u))
	if t.to != nil {
		c.org.userChanged(u)
	}
	return answer, nil
}

// startsFrom reports whether a transition begins in a status.
func (o *Org) startsFrom(t transition, status string) bool {
	offered := t.offered && o.cfg.SuspendAsOffered && slices.Contains(linksOfStatus[status], "suspend")
	return offered || slices.Contains(t.from, status)
}

// moveUser gives a user another status. A suspension ends the sessions, unless the org is
// to keep them.
func (o *Org) moveUser(u *user, status string) {
	now := o.now()
	inactive := u.status == statusStaged || u.status == statusDeprovisioned
	if inactive && (status == statusActive || status == statusProvisioned) {
		u.activated = now
	}
	if status == statusSuspended && !o.cfg.SuspendKeepsSessions {
		u.sessions = 0
	}
	u.setStatus(status, now)
}

// flag reads a parameter that is true or false.
func (c *call) flag(name string, unset bool) (bool, error) {
	switch c.query.Get(name) {
	case "":
		return unset, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, invalid(name, name+": must be true or false")
}

// emailOption reads sendEmail.
func emailOption(unset bool) func(*call) (options, error) {
	return func(c *call) (opts options, err error) {
		opts.sendEmail, err = c.flag("sendEmail", unset)
		return opts, err
	}
}

// revokeOption reads revokeSessions.
func revokeOption(c *call) (opts options, err error) {
	opts.revokeSessions, err = c.flag("revokeSessions", false)
	return opts, err
}

// tempPasswordOption reads the parameter of the older form of
// expire_password_with_temp_password.
func tempPasswordOption(c *call) (opts options, err error) {
	opts.tempPassword, err = c.flag("tempPassword", false)
	return opts, err
}

// resetOptions reads the parameters of reset_password, of which sendEmail is
// required.
func resetOptions(c *call) (opts options, err error) {
	if c.query.Get("sendEmail") == "" {
		return opts, errParameter
	}
	if opts, err = revokeOption(c); err != nil {
		return opts, err
	}
	opts.sendEmail, err = c.flag("sendEmail", true)
	return opts, err
}

// giveActivation answers with a link and a token, unless they go by email.
func (c *call) giveActivation(_ *user, opts options) object {
	if opts.sendEmail {
		return object{}
	}
	token := randomText(20)
	return object{"activationUrl": c.org.href("welcome", token), "activationToken": token}
}

// strip takes from a deactivated user what deactivation ends.
func (c *call) strip(u *user, _ options) object {
	c.org.stripUser(u)
	return object{}
}

func (o *Org) stripUser(u *user) {
	u.endSessions(true)
	u.factors, u.recoveryPhone, u.grants = nil, false, table[*userGrant]{}
	for _, t := range o.tokens.all() {
		if t.userID == u.id {
			o.dropToken(t)
		}
	}
}

// expirePassword answers the user, or a temporary password if asked to.
func (c *call) expirePassword(u *user, opts options) object {
	if opts.tempPassword {
		return c.giveTempPassword(u, opts)
	}
	return c.org.viewOneUser(u)
}

func (c *call) giveTempPassword(u *user, opts options) object {
	value := randomText(18)
	u.setPassword(value, c.org.now())
	if opts.revokeSessions {
		u.sessions = 0
	}
	return object{"tempPassword": value}
}

// giveReset answers with a link, unless it goes by email.
func (c *call) giveReset(u *user, opts options) object {
	if opts.revokeSessions {
		u.sessions = 0
	}
	if opts.sendEmail {
		return object{}
	}
	return object{"resetPasswordUrl": c.org.href("reset_password", randomText(20))}
}

func (c *call) dropFactors(u *user, _ options) object {
	u.factors = nil
	return object{}
}

// SetUserStatus moves a user to a status without a request and without an event,
// as a policy, a directory or the user would. A user who becomes PROVISIONED
// loses the password, and one who becomes DEPROVISIONED what a deactivation
// ends. SetUserStatus panics if there is no such user or status.
func (o *Org) SetUserStatus(id, status string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.mustUser(id)
	if !slices.Contains(userStatuses, status) {
		panic("oktatest: unknown user status " + status)
	}
	o.moveUser(u, status)
	u.statusChanged = o.now()
	switch status {
	case statusProvisioned:
		u.hasPassword, u.password = false, ""
	case statusDeprovisioned:
		o.stripUser(u)
	}
	o.userChanged(u)
}
