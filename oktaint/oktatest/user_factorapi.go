package oktatest

import (
	"maps"
	"slices"
)

func (c *call) listFactors() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	for _, f := range u.factors {
		views = append(views, c.org.viewFactor(u, f))
	}
	return ok(views)
}

// listSupportedFactors lists the types of factors that a user can enroll.
func (c *call) listSupportedFactors() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	for _, kind := range slices.Sorted(maps.Keys(factorKinds)) {
		if kind != factorSignedNonce { // it comes with push
			views = append(views, c.org.viewSupported(u, kind))
		}
	}
	return ok(views)
}

// listQuestions lists the questions that a question factor can have.
func (c *call) listQuestions() (reply, error) {
	if _, err := c.userByID(); err != nil {
		return reply{}, err
	}
	views := []object{}
	for _, name := range slices.Sorted(maps.Keys(securityQuestions)) {
		views = append(views, viewQuestion(name))
	}
	return ok(views)
}

// factor returns the factor of the path.
func (c *call) factor(u *user) (*factor, error) {
	for _, f := range u.factors {
		if f.id == c.param("factor") {
			return f, nil
		}
	}
	return nil, notFound(c.param("factor"), "UserFactor")
}

func (c *call) getFactor() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	f, err := c.factor(u)
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewFactor(u, f))
}

// factorBody is a factor in a request.
type factorBody struct {
	Kind     string `json:"factorType"`
	Provider string `json:"provider"`
	Profile  struct {
		Question string `json:"question"`
		Answer   string `json:"answer"`
		Phone    string `json:"phoneNumber"`
		Email    string `json:"email"`
	} `json:"profile"`
}

// enrollFactor adds a factor, which is active if it is a question or the
// request says so, and waits for its activation if not.
func (c *call) enrollFactor() (reply, error) {
	u, in, err := c.factorChange()
	if err != nil {
		return reply{}, err
	}
	active, err := c.flag("activate", false)
	if err != nil {
		return reply{}, err
	}
	if err := in.check(u); err != nil {
		return reply{}, err
	}
	f := c.org.enroll(u, in.Kind)
	if in.Kind != factorQuestion && !active {
		f.status = statusPending
	}
	in.apply(f)
	c.recordAbout("user.mfa.factor.activate", "Enroll factor for user", partyOfUser(u))
	return ok(c.org.viewFactor(u, f))
}

// factorChange reads a factor for the user of the path, who must not be
// suspended or deprovisioned.
func (c *call) factorChange() (*user, *factorBody, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return nil, nil, err
	}
	if u.status == statusSuspended || u.status == statusDeprovisioned {
		return nil, nil, errStatus
	}
	in := &factorBody{}
	return u, in, c.decode(in)
}

// check refuses a factor that the user cannot have.
func (in *factorBody) check(u *user) error {
	kind, known := factorKinds[in.Kind]
	switch {
	case !known || in.Kind == factorSignedNonce:
		return invalid("factorType", "factorType: The field is not a factor that can be enrolled")
	case in.Provider != kind.provider:
		return invalid("provider", "provider: The provider does not have factors of this type")
	case (in.Kind == factorSMS || in.Kind == factorCall) && in.Profile.Phone == "":
		return invalid("phoneNumber", "phoneNumber: The field cannot be left blank")
	case slices.ContainsFunc(u.factors, func(f *factor) bool { return f.kind == in.Kind }):
		return invalid("factorEnrollRequest", "A factor of this type is already set up.")
	case in.Kind == factorQuestion:
		return in.checkQuestion()
	}
	return nil
}

func (in *factorBody) checkQuestion() error {
	switch {
	case securityQuestions[in.Profile.Question] == "":
		return invalid("question", "question: The field is not a security question")
	case len(in.Profile.Answer) < 4:
		return invalid("answer", "answer: must be at least 4 characters")
	}
	return nil
}

// apply gives a factor what the request says of it. The answer to a question
// is not kept: nobody can give it here.
func (in *factorBody) apply(f *factor) {
	switch {
	case f.kind == factorQuestion:
		f.profile = viewQuestion(in.Profile.Question)
	case in.Profile.Phone != "":
		f.profile["phoneNumber"] = in.Profile.Phone
	case in.Profile.Email != "":
		f.profile["email"] = in.Profile.Email
	}
}

// replaceFactor changes a security question.
func (c *call) replaceFactor() (reply, error) {
	u, in, err := c.factorChange()
	if err != nil {
		return reply{}, err
	}
	f, err := c.factor(u)
	if err != nil {
		return reply{}, err
	}
	if f.kind != factorQuestion {
		return reply{}, errNotHere
	}
	if err := in.checkQuestion(); err != nil {
		return reply{}, err
	}
	in.apply(f)
	f.updated = c.org.now()
	c.recordAbout("user.mfa.factor.update", "Update factor for user", partyOfUser(u))
	return ok(c.org.viewFactor(u, f))
}

// deleteFactor removes a factor. The number of a phone goes on recovering the account,
// unless the request says otherwise. A deprovisioned user has no factor to remove.
func (c *call) deleteFactor() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	if u.status == statusDeprovisioned {
		return reply{}, errStatus
	}
	f, err := c.factor(u)
	if err != nil {
		return reply{}, err
	}
	recovery, err := c.flag("removeRecoveryEnrollment", false)
	if err != nil {
		return reply{}, err
	}
	u.unenroll(f)
	if recovery && f.ofPhone() {
		u.recoveryPhone = false
	}
	c.recordAbout("user.mfa.factor.deactivate", "Reset factor for user", partyOfUser(u))
	return noContent()
}
